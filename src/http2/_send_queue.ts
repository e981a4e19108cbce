/** The queue of unsent frames of one stream. @module */
import { ProgressMeter } from "./_progress_meter.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import { largeBuffers } from "./large_buffers.ts";

/** A header section that waits until it can be sent. */
export interface HeaderSection {
  readonly headers: PreparedHeaders;
  readonly extra: readonly string[];
  /** Bytes of the section as RFC 7541 section 4.1 counts them. */
  readonly size: number;
}

/** The end of a stream after its queued DATA: none yet, END_STREAM on the last frame, or trailers. */
export type QueueEnd =
  | { readonly kind: "open" }
  | { readonly kind: "end_stream" }
  | { readonly kind: "trailers"; readonly section: HeaderSection };

const QUEUE_OPEN: QueueEnd = { kind: "open" };
/** The queue's last frame has END_STREAM. */
export const QUEUE_END_STREAM: QueueEnd = { kind: "end_stream" };

/**
 * Bytes that are counted for each waiting stream besides its DATA and headers: its record, its queue and
 * the application's call. Measured with 512,000 unary calls whose responses waited: 1,760 bytes each.
 */
const STREAM_COST = 2_048;

/** The largest chunk that several pieces share. Chunks grow up to this size with the queue. */
const SHARED_CHUNK = 16_384;

/** Chunks from this size on are used again. */
const POOLED_CHUNK = 131_072;

/** The frames of one stream that cannot be sent yet: headers, DATA (copied) and the end, in this order. */
export class SendQueue {
  /** The header section before the DATA. */
  head: HeaderSection | undefined = undefined;
  end: QueueEnd = QUEUE_OPEN;
  /** Bytes of DATA in the queue. */
  length = 0;
  /** The progress of the DATA. */
  readonly meter = new ProgressMeter();
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the last chunk that are used. */
  #filled = 0;
  /** Bytes of the first chunk that are sent. */
  #sent = 0;
  #allocated = 0;

  /** Bytes of memory that the stream takes while it waits. */
  get cost(): number {
    let cost = STREAM_COST + this.#allocated;
    if (this.head !== undefined) cost += this.head.size;
    if (this.end.kind === "trailers") cost += this.end.section.size;
    return cost;
  }

  /** True when the next frame is DATA with bytes, which needs open windows. */
  get needsWindow(): boolean {
    return this.head === undefined && this.length > 0;
  }

  /** Copies `prefix` and `bytes` to the end. */
  push(prefix: Uint8Array, bytes: Uint8Array): void {
    const size = prefix.length + bytes.length;
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length - this.#filled < size) this.#addChunk(size);
    const chunk = this.#chunks[this.#chunks.length - 1];
    chunk.set(prefix, this.#filled);
    chunk.set(bytes, this.#filled + prefix.length);
    this.#filled += size;
    this.length += size;
  }

  /** Moves `size` bytes, no more than there are, to `target` at `at`. */
  take(target: Uint8Array, at: number, size: number): void {
    this.length -= size;
    let taken = 0;
    while (size > 0) {
      const chunk = this.#chunks[taken];
      const end = taken === this.#chunks.length - 1 ? this.#filled : chunk.length;
      const piece = Math.min(size, end - this.#sent);
      target.set(chunk.subarray(this.#sent, this.#sent + piece), at);
      at += piece;
      size -= piece;
      this.#sent += piece;
      if (this.#sent < end) break;
      this.#sent = 0;
      this.#allocated -= chunk.buffer.byteLength;
      if (chunk.buffer.byteLength >= POOLED_CHUNK) {
        largeBuffers.release(new Uint8Array(chunk.buffer));
      }
      taken++;
    }
    if (taken > 0) this.#chunks.splice(0, taken);
    if (this.#chunks.length === 0) this.#filled = 0;
  }

  /** Adds a chunk for a piece of `size` bytes and, in a queue of small pieces, for further ones. */
  #addChunk(size: number): void {
    const last = this.#chunks.length - 1;
    if (last >= 0) this.#chunks[last] = this.#chunks[last].subarray(0, this.#filled);
    // A chunk for each small message would take some 200 bytes besides the message.
    const shared = Math.min(this.#allocated, SHARED_CHUNK);
    const room = Math.max(size, shared);
    const chunk = room < POOLED_CHUNK ? new Uint8Array(room) : largeBuffers.acquire(room);
    this.#chunks.push(chunk);
    this.#filled = 0;
    this.#allocated += chunk.length;
  }
}
