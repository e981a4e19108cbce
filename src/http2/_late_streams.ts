/** Streams that are remembered: what a peer has under way in a round trip or two. */
const MAX_REMEMBERED = 256;

/**
 * Streams that we have ended while the peer may not know it yet. Its frames for them are to be let pass
 * (RFC 9113 section 5.1); for other streams that are closed they are an error.
 */
export class LateStreams {
  readonly #ids: Set<number> = new Set();

  /** Remembers a stream, and forgets the oldest for it. */
  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Whether frames for the stream may be on their way. */
  has(id: number): boolean {
    return this.#ids.has(id);
  }
}
