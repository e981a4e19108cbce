/**
 * Finds the beginnings of HTTP/2 frames in the input of a server (RFC 9113 sections 3.4 and 4.1). Payloads are not
 * read:
 *
 * ```text
 * client preface (24 octets), then frames:
 * +-----------------------------------------------+
 * |                 Length (24)                   |
 * +---------------+---------------+---------------+
 * |   Type (8)    |   Flags (8)   |
 * +-+-------------+---------------+-------------------------------+
 * |R|                 Stream Identifier (31)                      |
 * +=+=============================================================+
 * |                   Frame Payload                             ...
 * ```
 *
 * @module
 */

const PREFACE_LENGTH = 24;
const HEADER_LENGTH = 9;

/** Splits input between frames. */
export class FrameSplitter {
  /** Number of frames that begin in the part which the last `split()` has split off. */
  frames = 0;
  /** Octets until the header of the next frame. */
  #rest = PREFACE_LENGTH;
  /** Octets of a frame header that is incomplete, and the length in it. */
  #headerOctets = 0;
  #length = 0;

  /** Returns the offset behind the input's first `count` frames, or parts of frames. The next input begins there. */
  split(input: Uint8Array, count: number): number {
    let at = 0;
    this.frames = 0;
    while (at < input.length) {
      if (this.#rest > 0) {
        const step = Math.min(this.#rest, input.length - at);
        this.#rest -= step;
        at += step;
        continue;
      }
      if (this.#headerOctets === 0) {
        if (this.frames === count) return at;
        this.frames++;
      }
      if (this.#headerOctets < 3) this.#length = this.#length << 8 | input[at];
      at++;
      if (++this.#headerOctets < HEADER_LENGTH) continue;
      this.#rest = this.#length;
      this.#length = this.#headerOctets = 0;
    }
    return at;
  }
}
