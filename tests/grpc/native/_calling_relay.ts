/** A relay that makes gRPC calls of h2spec's requests. @module */
import { FrameFlag, FrameType } from "../../http2/_frames.ts";
import { block, CLIENT_PREFACE, frame, join } from "../../http2/_frames.ts";
import { fragmentStart, paddingLength, readUint31 } from "../../../src/http2/frame/mod.ts";
import {
  DEFAULT_TABLE_SIZE,
  type HeaderField,
  HpackDecoder,
} from "../../../src/http2/hpack/mod.ts";

/** The completion of a request without content. */
export type Completion =
  /** The message is added. */
  | { readonly kind: "message"; readonly framed: Uint8Array }
  /** The request stays open without a message. */
  | { readonly kind: "never" };

/** Octets of a frame header (RFC 9113 section 4.1). */
const FRAME_HEAD = 9;

/** A limit of header lists above the client's largest. */
const MAX_LIST = 65_536;

/**
 * A relay to a gRPC server that turns a client's requests into gRPC calls: each becomes a POST with the fields of
 * gRPC. Readable header sections are passed on without compression, because the HPACK tables of the two sides differ.
 * All other octets are passed on unchanged, valid or not.
 */
export class CallingRelay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #relaying: Promise<unknown>[] = [];
  readonly #accepting: Promise<void>;

  constructor(server: number, completion: Completion) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept(server, completion);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const conn of this.#open) close(conn);
    await Promise.all(this.#relaying);
  }

  async #accept(server: number, completion: Completion): Promise<void> {
    for await (const client of this.#listener) {
      const upstream = await Deno.connect({ hostname: "127.0.0.1", port: server });
      this.#open.add(client).add(upstream);
      const calls = new Calls(completion);
      this.#relaying.push(
        pump(client, upstream, (bytes) => calls.push(bytes)),
        pump(upstream, client, (bytes) => bytes),
      );
    }
  }
}

/** Passes on received bytes until either side closes. */
async function pump(from: Deno.Conn, to: Deno.Conn, pass: (bytes: Uint8Array) => Uint8Array) {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const size = await from.read(buffer);
      if (size === null) break;
      const bytes = pass(buffer.slice(0, size));
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
  } catch {
    // One side has closed.
  }
  close(to);
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // Already closed.
  }
}

/** Converts the frames of one connection. */
class Calls {
  readonly #completion: Completion;
  readonly #decoder = new HpackDecoder(DEFAULT_TABLE_SIZE);
  #unparsed: Uint8Array = new Uint8Array(0);
  #preface = CLIENT_PREFACE.length;

  constructor(completion: Completion) {
    this.#completion = completion;
  }

  push(bytes: Uint8Array): Uint8Array {
    const rest = join(this.#unparsed, bytes);
    const out: Uint8Array[] = [];
    let at = Math.min(this.#preface, rest.length);
    this.#preface -= at;
    out.push(rest.subarray(0, at));
    while (at + FRAME_HEAD <= rest.length) {
      const length = (rest[at] << 16) | (rest[at + 1] << 8) | rest[at + 2];
      const end = at + FRAME_HEAD + length;
      if (end > rest.length) break;
      out.push(this.#turn(rest.subarray(at, end)));
      at = end;
    }
    this.#unparsed = rest.slice(at);
    return join(...out);
  }

  #turn(whole: Uint8Array): Uint8Array {
    const flags = whole[4];
    if (whole[3] !== FrameType.HEADERS || (flags & FrameFlag.END_HEADERS) === 0) return whole;
    const id = readUint31(whole, 5);
    const fields = this.#read(whole, flags, id);
    if (fields === undefined) return whole;
    const request = fields.some(({ name }) => name === ":method");
    const list = fields.flatMap(({ name, value }) => [name, name === ":method" ? "POST" : value]);
    if (request) list.push("content-type", "application/grpc", "te", "trailers");
    const ends = (flags & FrameFlag.END_STREAM) !== 0;
    const bare = FrameFlag.END_HEADERS | (ends && !request ? FrameFlag.END_STREAM : 0);
    const headers = frame(FrameType.HEADERS, bare, id, block(list));
    if (!request || !ends || this.#completion.kind === "never") return headers;
    const data = frame(FrameType.DATA, FrameFlag.END_STREAM, id, this.#completion.framed);
    return join(headers, data);
  }

  #read(whole: Uint8Array, flags: number, id: number): HeaderField[] | undefined {
    const fields: HeaderField[] = [];
    try {
      const length = whole.length - FRAME_HEAD;
      const end = whole.length - paddingLength(whole, FRAME_HEAD, length, flags);
      const start = fragmentStart(FRAME_HEAD, end, flags, id);
      this.#decoder.decode(whole, start, end, fields, MAX_LIST);
      return fields;
    } catch {
      return undefined;
    }
  }
}
