/** Output of a connection that waits to be sent. @module */
import { BufferPool } from "./buffer_pool.ts";

/**
 * Buffers for the responses of one turn, for a message of 64 KiB, and for `outputHighWater` with two frames. The pool
 * keeps 2 MiB: the buffers of eight connections with much output at one time, or of 64 with little.
 */
const pool = new BufferPool([16_384, 81_920, 163_840], 2_097_152);

const EMPTY = new Uint8Array(0);

/**
 * The bytes that wait for the transport: frames are appended at the end, and the application sends from the
 * front. An empty buffer holds no memory: its bytes go back to a pool that the connections of a thread share.
 */
export class OutputBuffer {
  /** The memory. The bytes from `start` to `end` wait. */
  bytes: Uint8Array<ArrayBuffer> = EMPTY;
  start = 0;
  end = 0;

  /** Number of bytes that wait. */
  get length(): number {
    return this.end - this.start;
  }

  /** A view of the bytes that wait, valid until the next call of a method of the connection. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Makes room for `size` bytes after `end` and returns `end`. The caller writes them and moves `end`. */
  reserve(size: number): number {
    if (this.end + size > this.bytes.length) this.#grow(size);
    return this.end;
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
    this.end = at + bytes.length;
  }

  /** Removes `size` bytes from the front. */
  consume(size: number): void {
    this.start += size;
    if (this.start >= this.end) this.clear();
  }

  /** Removes all bytes, and returns the memory to the pool. */
  clear(): void {
    pool.release(this.bytes);
    this.bytes = EMPTY;
    this.start = 0;
    this.end = 0;
  }

  #grow(size: number): void {
    const length = this.end - this.start;
    const needed = length + size;
    const old = this.bytes;
    if (needed <= old.length) {
      old.copyWithin(0, this.start, this.end);
    } else {
      this.bytes = pool.acquire(Math.max(needed, Math.min(old.length * 2, needed * 2)));
      if (length > 0) this.bytes.set(old.subarray(this.start, this.end));
      pool.release(old);
    }
    this.start = 0;
    this.end = length;
  }
}
