/** The length-prefixed messages of gRPC (grpc's PROTOCOL-HTTP2.md). @module */
import { RpcError } from "../mod.ts";

/**
 * Octets of the prefix of a message:
 *
 * ```text
 * compressed flag 8 | length 32, big-endian | message
 * ```
 */
export const PREFIX_LENGTH = 5;

/** The flag of a compressed message. */
const COMPRESSED = 1;

/** Size of the buffer for the first part of a message. It grows only with the bytes that arrive. */
const FIRST_ROOM = 256;

/** Receives a message. `bytes` is valid during the call only. */
export type OnMessage = (bytes: Uint8Array, compressed: boolean) => void;

/** Writes the prefix of a message of `length` bytes to the front of `prefix`, and returns it. */
export function writePrefix(prefix: Uint8Array, length: number, compressed = false): Uint8Array {
  prefix[0] = compressed ? COMPRESSED : 0;
  prefix[1] = length >>> 24;
  prefix[2] = length >>> 16;
  prefix[3] = length >>> 8;
  prefix[4] = length;
  return prefix;
}

/** Returns true if the bytes from `start` to `end` are exactly one complete, uncompressed message. */
export function isOneMessage(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= PREFIX_LENGTH && bytes[start] === 0 &&
    readLength(bytes, start) === end - start - PREFIX_LENGTH;
}

/** Creates the error of a message over the limit, in grpc-js's words. */
export function tooLarge(length: number, limit: number): RpcError {
  return new RpcError(
    "RESOURCE_EXHAUSTED",
    `Received message larger than max (${length} vs ${limit})`,
    { limit: "maxRequestBytes" },
  );
}

/**
 * Splits a stream of bytes, which arrive in parts of any size, into messages. A message that is complete in one
 * part is a view of it. Any other is assembled in a buffer that grows with the bytes that have arrived, not with
 * the announced length.
 */
export class Deframer {
  readonly #limit: number;
  readonly #prefix = new Uint8Array(PREFIX_LENGTH);
  /** Bytes of the prefix that have arrived. */
  #prefixed = 0;
  #body: Uint8Array | undefined;
  #length = 0;

  /** @param limit the largest size of a message, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True while a message is incomplete. */
  get pending(): boolean {
    return this.#prefixed > 0;
  }

  /** Bytes held of an incomplete message. */
  get held(): number {
    return this.#length;
  }

  /** Size of the buffer of the incomplete message: `held` or more. */
  get room(): number {
    return this.#body === undefined ? 0 : this.#body.length;
  }

  /**
   * Takes the bytes from `start` to `end`, and passes on the messages that they complete.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED for a message over the limit; INTERNAL for a flag other than 0 and 1.
   *   The stream cannot be read any further then
   */
  push(bytes: Uint8Array, start: number, end: number, onMessage: OnMessage): void {
    while (start < end) {
      if (this.#prefixed < PREFIX_LENGTH) {
        start = this.#takePrefix(bytes, start, end);
        if (this.#prefixed < PREFIX_LENGTH) return;
        this.#checkPrefix();
      }
      const size = readLength(this.#prefix, 0);
      if (this.#length === 0 && end - start >= size) {
        this.#finish(bytes.subarray(start, start + size), onMessage);
        start += size;
      } else {
        const part = Math.min(end - start, size - this.#length);
        this.#append(bytes, start, part, size);
        start += part;
        if (this.#length === size) this.#finish(this.#body!.subarray(0, size), onMessage);
      }
    }
  }

  #takePrefix(bytes: Uint8Array, start: number, end: number): number {
    while (this.#prefixed < PREFIX_LENGTH && start < end) {
      this.#prefix[this.#prefixed++] = bytes[start++];
    }
    // An empty message is complete with its prefix: `push` must see it although nothing follows.
    return start;
  }

  #checkPrefix(): void {
    if (this.#prefix[0] > COMPRESSED) {
      throw new RpcError("INTERNAL", `Received message with the invalid flag ${this.#prefix[0]}`);
    }
    const length = readLength(this.#prefix, 0);
    if (length > this.#limit) throw tooLarge(length, this.#limit);
  }

  #append(bytes: Uint8Array, start: number, part: number, size: number): void {
    const needed = this.#length + part;
    if (this.#body === undefined || this.#body.length < needed) {
      const room = Math.min(size, Math.max(FIRST_ROOM, 2 * needed));
      const body = new Uint8Array(room);
      if (this.#body !== undefined) body.set(this.#body.subarray(0, this.#length));
      this.#body = body;
    }
    this.#body.set(bytes.subarray(start, start + part), this.#length);
    this.#length = needed;
  }

  #finish(message: Uint8Array, onMessage: OnMessage): void {
    const compressed = this.#prefix[0] === COMPRESSED;
    this.#prefixed = 0;
    this.#body = undefined;
    this.#length = 0;
    onMessage(message, compressed);
  }
}

/** Reads the length in the prefix at `at`. */
export function readLength(bytes: Uint8Array, at: number): number {
  // `>>>` makes the result of `<<` unsigned: lengths go up to 2^32 - 1.
  return (bytes[at + 1] << 24 | bytes[at + 2] << 16 | bytes[at + 3] << 8 | bytes[at + 4]) >>> 0;
}
