/** A queue of received bytes. @module */
import { Buffer } from "node:buffer";

/** Size of a message's prefix: a flag and a length (grpc's PROTOCOL-HTTP2.md, Length-Prefixed-Message). */
export const PREFIX_BYTES = 5;

const emptyBytes = Buffer.alloc(0);

/**
 * A queue of received bytes in one growing buffer, so that many small DATA frames take no more memory than one large
 * frame.
 */
export class ByteQueue {
  #bytes: Buffer = emptyBytes;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Size of the buffer, which may exceed `length`. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Appends bytes. An empty queue keeps `chunk` without a copy. */
  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    const length = this.length + chunk.length;
    if (this.#end + chunk.length > this.#bytes.length || this.#start > 0) {
      const grown = length > this.#bytes.length ? Buffer.alloc(2 * length) : this.#bytes;
      this.#bytes.copy(grown, 0, this.#start, this.#end);
      this.#bytes = grown;
      this.#end = this.length;
      this.#start = 0;
    }
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /** Size of the first message with its prefix; undefined while the prefix is incomplete. */
  get firstMessage(): number | undefined {
    return this.length < PREFIX_BYTES
      ? undefined
      : PREFIX_BYTES + this.#bytes.readUInt32BE(this.#start + 1);
  }

  /** True if the first message is marked as compressed. */
  get isCompressed(): boolean {
    return this.length > 0 && this.#bytes[this.#start] === 1;
  }

  /** Removes and returns `count` bytes from the front: a copy, or the buffer itself if it is emptied. */
  take(count: number): Buffer {
    const whole = count === this.length;
    const view = this.#bytes.subarray(this.#start, this.#start + count);
    this.#start += count;
    if (whole) this.clear();
    return whole ? view : Buffer.from(view);
  }

  clear(): void {
    this.#bytes = emptyBytes;
    this.#start = this.#end = 0;
  }
}
