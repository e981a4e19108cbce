import {
  describe,
  frame as http2Frame,
  FrameFlag,
  FrameType,
  headers,
  join,
  settings,
  SETTINGS_ACK,
} from "../../http2/_frames.ts";
import { CLIENT_PREFACE } from "../../http2/_frames.ts";
import { requestFields } from "./_raw_client.ts";

/** Octets of a frame's head (RFC 9113 section 4.1). */
const FRAME_HEAD = 9;

/** Longer than the server's own limits of time take that are tried, so that a test ends in any case. */
const PATIENCE_MS = 40_000;

/** The fields of a call of Echo, which waits for its message. */
export const ECHO = requestFields("/signer.v1.EchoService/Echo");

/** How an attacker begins. */
export interface Approach {
  /** The parameters of its SETTINGS. */
  readonly settings?: readonly (readonly [id: number, value: number])[];
  /** Whether it reads what the server sends. */
  readonly reads?: boolean;
  /** What it sends in the place of preface and SETTINGS. */
  readonly opening?: Uint8Array;
}

/** A peer that keeps to no rule but those of TCP. */
export class Attacker implements AsyncDisposable {
  /** What the server sent, a line for each frame, as `describe()` has it. */
  readonly frames: string[] = [];
  /**
   * Resolves to the code of GOAWAY, to `closed` when the server leaves without one, and to `endured` when it
   * does neither for `PATIENCE_MS`.
   */
  readonly end: Promise<string>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  /** Whether the server has ended the connection. */
  ended = false;
  readonly #end = Promise.withResolvers<string>();
  readonly #patience = setTimeout(() => this.#end.resolve("endured"), PATIENCE_MS);
  readonly #conn: Deno.TcpConn;
  #unparsed = new Uint8Array(0);
  #watched: { readonly pattern: RegExp; readonly found: () => void } | undefined;

  private constructor(conn: Deno.TcpConn, reads: boolean) {
    this.#conn = conn;
    this.end = this.#end.promise;
    this.closed = reads ? this.#read() : Promise.resolve();
  }

  static async connect(port: number, approach: Approach = {}): Promise<Attacker> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const attacker = new Attacker(conn, approach.reads ?? true);
    const opening = join(CLIENT_PREFACE, settings(...approach.settings ?? []), SETTINGS_ACK);
    await attacker.send(approach.opening ?? opening);
    return attacker;
  }

  /** Sends all of it, or as much as the server takes before it leaves. False if it has left. */
  async send(...pieces: Uint8Array[]): Promise<boolean> {
    const bytes = pieces.length === 1 ? pieces[0] : join(...pieces);
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }

  /** Sends the end of what it sends (shutdown(2)), and stays. */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Resolves when a frame came whose line matches, or the server has left, or after `PATIENCE_MS`. */
  async saw(pattern: RegExp): Promise<boolean> {
    const matches = () => this.frames.some((line) => pattern.test(line));
    if (!matches()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watched = { pattern, found: resolve };
      await Promise.race([promise, this.closed, this.end]);
    }
    return matches();
  }

  /** Sends a PING, and resolves when the server has answered it, and so has read all before it, or has left. */
  async settled(): Promise<void> {
    const acks = () => this.frames.filter((line) => line === "PING ack").length;
    const before = acks();
    await this.send(http2Frame(FrameType.PING, 0, 0, new Uint8Array(8)));
    for (let i = 0; i < 3_000 && acks() === before && !this.ended; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#patience);
    try {
      this.#conn.close();
    } catch {
      // The server was first.
    }
    await this.closed;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const size = await this.#conn.read(buffer);
        if (size === null) break;
        this.#parse(join(this.#unparsed, buffer.subarray(0, size)));
      }
    } catch {
      // It was reset, or closed from here.
    }
    this.ended = true;
    this.#end.resolve("closed");
  }

  #parse(bytes: Uint8Array): void {
    let end = 0;
    while (end + FRAME_HEAD <= bytes.length) {
      const length = (bytes[end] << 16) | (bytes[end + 1] << 8) | bytes[end + 2];
      if (end + FRAME_HEAD + length > bytes.length) break;
      end += FRAME_HEAD + length;
    }
    this.#unparsed = bytes.slice(end);
    for (const line of describe(bytes.subarray(0, end))) {
      this.frames.push(line);
      const goaway = /^GOAWAY \d+ (\w+)$/.exec(line);
      if (goaway) {
        this.ended = true;
        this.#end.resolve(goaway[1]);
      }
      if (this.#watched?.pattern.test(line)) this.#watched.found();
    }
  }
}

/** A call of Echo that opens its stream, and sends nothing more. */
export function openEcho(streamId: number, ...extra: string[]): Uint8Array {
  return headers(streamId, [...ECHO, ...extra], 0);
}

/** A call of Echo with its message, in DATA frames of the size that all take. */
export function wholeEcho(streamId: number, message: Uint8Array): Uint8Array {
  const pieces = [openEcho(streamId)];
  for (let at = 0; at < message.length; at += 16_384) {
    const piece = message.subarray(at, at + 16_384);
    const last = at + piece.length === message.length;
    pieces.push(http2Frame(FrameType.DATA, last ? FrameFlag.END_STREAM : 0, streamId, piece));
  }
  return join(...pieces);
}

/** As many pieces as asked for, each made for its place. */
export function times(count: number, make: (i: number) => Uint8Array): Uint8Array {
  return join(...Array.from({ length: count }, (_, i) => make(i)));
}
