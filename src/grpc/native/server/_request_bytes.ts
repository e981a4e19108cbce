/** The bytes of a request until its messages are read. @module */
import { largeBuffers } from "../../../http2/mod.ts";
import { RpcError } from "../../mod.ts";
import { decompress, PREFIX_LENGTH, readLength, tooLarge } from "../mod.ts";
import type { HeldBytes } from "./_held_bytes.ts";

/** A message of a request, in its own memory. */
export interface RequestMessage {
  readonly bytes: Uint8Array;
  /** The memory of `bytes`, for `reuseMemory()` after their last use; undefined when it cannot be reused. */
  readonly memory?: Uint8Array<ArrayBuffer> | undefined;
  /** True when it was compressed on the wire. */
  readonly compressed: boolean;
  /** Bytes on the wire, with the prefix. */
  readonly wireBytes: number;
}

/** Size of the buffer for the first part of a request. It grows only with the bytes that arrive. */
const FIRST_ROOM = 256;

/** The size up to which any message is decoded in some 10 µs. */
const LIGHT_BYTES = 4_096;

/** Growth of the memory as more bytes arrive: a message of 64 KiB, in frames of 16 KiB, gets all of it at once. */
const GROWTH = 4;

/** Memory from this size on is used again. */
const POOLED_BYTES = 16_384;

/** Returns the memory of a message for reuse. The message must not be read afterwards. */
export function reuseMemory(memory: Uint8Array<ArrayBuffer>): void {
  largeBuffers.release(memory);
}

const NO_BYTES = new Uint8Array(0);

/**
 * The bytes of a request as they arrived, with prefixes and still compressed, until the call takes a message. They
 * take as much memory as the peer has sent, whatever their decoded size, and all of it is counted.
 */
export class RequestBytes {
  readonly #held: HeldBytes;
  readonly #encoding: string | undefined;
  readonly #limit: number;
  #buffer = NO_BYTES;
  #start = 0;
  #end = 0;

  /**
   * @param encoding the value of `grpc-encoding`
   * @param limit the largest size of a message, compressed or not
   */
  constructor(held: HeldBytes, encoding: string | undefined, limit: number) {
    this.#held = held;
    this.#encoding = encoding;
    this.#limit = limit;
  }

  /** Bytes that are not taken yet. */
  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Bytes of the message that begins at `offset`, with its prefix; undefined while the prefix is incomplete.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED for a message over the limit; INTERNAL for an invalid flag
   */
  messageLength(offset = 0): number | undefined {
    if (this.length < offset + PREFIX_LENGTH) return undefined;
    const at = this.#start + offset;
    const flag = this.#buffer[at];
    if (flag > 1) throw new RpcError("INTERNAL", `Received message with the invalid flag ${flag}`);
    const length = readLength(this.#buffer, at);
    if (length > this.#limit) throw tooLarge(length, this.#limit);
    return PREFIX_LENGTH + length;
  }

  /**
   * Adds the bytes from `start` to `end`.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED over a limit of held bytes
   */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#buffer.set(bytes.subarray(start, end), this.#end);
    this.#end += end - start;
  }

  /**
   * Takes the next message, decompressed; undefined while it is incomplete.
   *
   * @throws {RpcError} as `messageLength()` and `decompress()`
   */
  take(): RequestMessage | undefined {
    if (!this.hasMessage) return undefined;
    const wireBytes = this.messageLength()!;
    const compressed = this.#buffer[this.#start] === 1;
    const from = this.#start + PREFIX_LENGTH;
    this.#start += wireBytes;
    const alone = this.#start === this.#end;
    const framed = this.#buffer.subarray(from, this.#start);
    const bytes = compressed
      ? decompress(framed, this.#encoding, this.#limit)
      : alone
      ? framed
      : framed.slice();
    if (!alone) return { bytes, compressed, wireBytes };
    // The buffer becomes the message if nothing else is in it.
    const memory = compressed ? undefined : this.#buffer;
    if (!compressed) this.#buffer = NO_BYTES;
    this.clear();
    return { bytes, memory, compressed, wireBytes };
  }

  /** True when the next message is complete. */
  get hasMessage(): boolean {
    const wireBytes = this.messageLength();
    return wireBytes !== undefined && wireBytes <= this.length;
  }

  /** True while decoding the next message takes hardly any time: it is small and not compressed. */
  get isLight(): boolean {
    const wireBytes = this.messageLength();
    return wireBytes === undefined ||
      (wireBytes <= LIGHT_BYTES && this.#buffer[this.#start] !== 1);
  }

  /** Drops the bytes. */
  clear(): void {
    reuseMemory(this.#buffer);
    this.#buffer = NO_BYTES;
    this.#start = this.#end = 0;
    this.#held.setBuffered(0);
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#buffer.length) return;
    const { length } = this;
    const needed = length + more;
    let buffer = this.#buffer;
    // Bytes are moved to the front only if that frees enough to be worth the copy.
    if (needed > buffer.length || this.#start < buffer.length >> 1) {
      const room = this.#room(needed);
      buffer = room < POOLED_BYTES ? new Uint8Array(room) : largeBuffers.acquire(room);
    }
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    if (buffer !== this.#buffer) reuseMemory(this.#buffer);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = length;
    this.#held.setBuffered(buffer.length);
  }

  /** Returns a size with some reserve, but not above that of the current message. */
  #room(needed: number): number {
    const room = Math.max(FIRST_ROOM, GROWTH * needed);
    if (this.length < PREFIX_LENGTH) return room;
    const announced = PREFIX_LENGTH + readLength(this.#buffer, this.#start);
    return needed > announced ? room : Math.min(room, announced);
  }
}
