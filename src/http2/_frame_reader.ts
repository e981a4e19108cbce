/** The splitting of received bytes into frames. @module */
import { BufferPool } from "./buffer_pool.ts";
import { connectionError } from "./errors.ts";
import { FRAME_HEADER_LENGTH, readLength, readUint31 } from "./frame/mod.ts";

/** The receiver of the frames of a `FrameReader`. */
export interface FrameSink {
  /** Takes a frame whose payload is in `bytes` at `at`. */
  onFrame(
    bytes: Uint8Array,
    at: number,
    length: number,
    type: number,
    flags: number,
    streamId: number,
  ): void;
}

/** The smallest buffer for an incomplete frame, in bytes. */
const MIN_TAIL = 64;

/** The size of the buffer relative to the bytes that have arrived, so that it seldom grows again. */
const GROWTH = 4;

/** Memory for 16 incomplete frames at a time, each of the largest size by default. */
const pool = new BufferPool([FRAME_HEADER_LENGTH + 16_384], 16 * (FRAME_HEADER_LENGTH + 16_384));

const NO_BYTES = new Uint8Array(0);

/**
 * Splits received bytes into frames (RFC 9113 section 4.1). A frame that is complete in the caller's buffer is
 * passed on from there. Only an incomplete frame is copied, into a buffer that grows with the bytes that have
 * arrived and not with the length that the frame's header announces.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameSize: number;
  #tail = NO_BYTES;
  #tailLength = 0;

  constructor(maxFrameSize: number, sink: FrameSink) {
    this.#maxFrameSize = maxFrameSize;
    this.#sink = sink;
  }

  /** True while a frame is incomplete. */
  get pending(): boolean {
    return this.#tailLength > 0;
  }

  /**
   * Takes the bytes from `at` to `end`, and passes on the frames that they complete.
   *
   * @throws {Http2Error} FRAME_SIZE_ERROR, before the frame's payload is copied
   */
  push(bytes: Uint8Array, at: number, end: number): void {
    if (this.#tailLength > 0) at = this.#complete(bytes, at, end);
    while (end - at >= FRAME_HEADER_LENGTH) {
      const next = at + this.#frameLength(bytes, at);
      if (next > end) break;
      this.#emit(bytes, at);
      at = next;
    }
    if (at < end) this.#keep(bytes, at, end);
  }

  /** Drops the incomplete frame. */
  clear(): void {
    pool.release(this.#tail);
    this.#tail = NO_BYTES;
    this.#tailLength = 0;
  }

  /** Continues the incomplete frame, and passes it on when complete. Returns the place after its bytes. */
  #complete(bytes: Uint8Array, at: number, end: number): number {
    if (this.#tailLength < FRAME_HEADER_LENGTH) {
      const header = Math.min(end, at + FRAME_HEADER_LENGTH - this.#tailLength);
      this.#keep(bytes, at, header);
      at = header;
      if (this.#tailLength < FRAME_HEADER_LENGTH) return at;
    }
    const frame = this.#frameLength(this.#tail, 0);
    const rest = Math.min(end, at + frame - this.#tailLength);
    this.#keep(bytes, at, rest);
    if (this.#tailLength === frame) {
      const tail = this.#tail;
      this.#tail = NO_BYTES;
      this.#tailLength = 0;
      this.#emit(tail, 0);
      pool.release(tail);
    }
    return rest;
  }

  #keep(bytes: Uint8Array, at: number, end: number): void {
    const needed = this.#tailLength + end - at;
    if (needed > this.#tail.length) {
      const largest = FRAME_HEADER_LENGTH + this.#maxFrameSize;
      const room = Math.max(MIN_TAIL, Math.min(GROWTH * needed, largest));
      const larger = room === largest ? pool.acquire(room) : new Uint8Array(room);
      larger.set(this.#tail.subarray(0, this.#tailLength));
      pool.release(this.#tail);
      this.#tail = larger;
    }
    this.#tail.set(bytes.subarray(at, end), this.#tailLength);
    this.#tailLength = needed;
  }

  /** The length of a frame with its header. */
  #frameLength(bytes: Uint8Array, at: number): number {
    const length = readLength(bytes, at);
    // Section 4.2: checked before a byte of the payload is copied.
    if (length > this.#maxFrameSize) {
      throw connectionError("FRAME_SIZE_ERROR", `A frame of ${length} bytes is over the setting`);
    }
    return FRAME_HEADER_LENGTH + length;
  }

  #emit(bytes: Uint8Array, at: number): void {
    this.#sink.onFrame(
      bytes,
      at + FRAME_HEADER_LENGTH,
      readLength(bytes, at),
      bytes[at + 3],
      bytes[at + 4],
      readUint31(bytes, at + 5),
    );
  }
}
