/** Peers that attack a server with raw frames. @module */
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
import { until } from "../../_support/until.ts";

/** Octets of a frame header (RFC 9113 section 4.1). */
const FRAME_HEAD = 9;

/** A timeout that ends a test in any case: longer than the server's timeouts under test. */
const PATIENCE_MS = 40_000;

/** 3 min: grpc-js takes over one to read 1,024 calls of each of 500 connections, on a busy machine. */
const SETTLING_MS = 180_000;

/** The fields of a call of Echo, which waits for its message. */
export const ECHO = requestFields("/signer.v1.EchoService/Echo");

/** The beginning of an attacker's connection. */
export interface Approach {
  /** The parameters of its SETTINGS. */
  readonly settings?: readonly (readonly [id: number, value: number])[];
  /** False for an attacker that never reads. */
  readonly reads?: boolean;
  /** True for one that keeps all bytes that it reads. */
  readonly keeps?: boolean;
  /** The bytes to send in place of preface and SETTINGS. */
  readonly opening?: Uint8Array;
}

/** A peer that sends arbitrary bytes over TCP. */
export class Attacker implements AsyncDisposable {
  /** The frames from the server, a line of `describe()` for each. */
  readonly frames: string[] = [];
  /** The bytes of these frames, if it keeps them. */
  readonly received: Uint8Array[] = [];
  /**
   * Resolves to the code of GOAWAY, to `closed` when the server closes without one, and to `endured` when it does
   * neither for `PATIENCE_MS`.
   */
  readonly end: Promise<string>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  /** True when the server has ended the connection. */
  ended = false;
  readonly #end = Promise.withResolvers<string>();
  readonly #patience = setTimeout(() => this.#end.resolve("endured"), PATIENCE_MS);
  readonly #conn: Deno.TcpConn;
  readonly #keeps: boolean;
  #unparsed = new Uint8Array(0);
  #watched: { readonly pattern: RegExp; readonly found: () => void } | undefined;

  private constructor(conn: Deno.TcpConn, { reads = true, keeps = false }: Approach) {
    this.#conn = conn;
    this.#keeps = keeps;
    this.end = this.#end.promise;
    this.closed = reads ? this.#read() : Promise.resolve();
  }

  static async connect(port: number, approach: Approach = {}): Promise<Attacker> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const attacker = new Attacker(conn, approach);
    const opening = join(CLIENT_PREFACE, settings(...approach.settings ?? []), SETTINGS_ACK);
    await attacker.send(approach.opening ?? opening);
    return attacker;
  }

  /** Sends bytes until the server closes the connection. Returns false if it has. */
  async send(...pieces: Uint8Array[]): Promise<boolean> {
    const bytes = pieces.length === 1 ? pieces[0] : join(...pieces);
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }

  /** Half-closes the connection (shutdown(2)). */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Resolves when the line of a frame matches, when the server has closed, or after `PATIENCE_MS`. */
  async saw(pattern: RegExp): Promise<boolean> {
    const matches = () => this.frames.some((line) => pattern.test(line));
    if (!matches()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watched = { pattern, found: resolve };
      await Promise.race([promise, this.closed, this.end]);
    }
    return matches();
  }

  /** Sends a PING, and resolves when the server has answered it, and so has read all bytes before it, or has closed. */
  async settled(): Promise<void> {
    const acks = () => this.frames.filter((line) => line === "PING ack").length;
    const before = acks();
    await this.send(http2Frame(FrameType.PING, 0, 0, new Uint8Array(8)));
    const isSettled = () => acks() > before || this.ended;
    await until("the server answers a PING", isSettled, SETTLING_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#patience);
    try {
      this.#conn.close();
    } catch {
      // The server has already closed.
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
      // The connection was reset, or closed from here.
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
    if (this.#keeps) this.received.push(bytes.slice(0, end));
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

/** Returns HEADERS of a call of Echo whose message does not follow. */
export function openEcho(streamId: number, ...extra: string[]): Uint8Array {
  return headers(streamId, [...ECHO, ...extra], 0);
}

/** Returns a complete call of Echo, in DATA frames of the default maximum size. */
export function wholeEcho(streamId: number, message: Uint8Array): Uint8Array {
  const pieces = [openEcho(streamId)];
  for (let at = 0; at < message.length; at += 16_384) {
    const piece = message.subarray(at, at + 16_384);
    const last = at + piece.length === message.length;
    pieces.push(http2Frame(FrameType.DATA, last ? FrameFlag.END_STREAM : 0, streamId, piece));
  }
  return join(...pieces);
}

/** Joins `count` pieces, each made by its index. */
export function times(count: number, make: (i: number) => Uint8Array): Uint8Array {
  return join(...Array.from({ length: count }, (_, i) => make(i)));
}
