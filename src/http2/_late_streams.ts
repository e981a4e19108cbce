/** Streams that are remembered at least, for those that are refused, which no limit bounds. */
const MIN_REMEMBERED = 256;

/** Header sections that a peer may have under way on a stream: a response and its trailers. */
const SECTIONS_PER_STREAM = 2;

/**
 * Streams that we have ended while the peer may not know it yet. Its frames for them are to be let pass
 * (RFC 9113 section 5.1); for other streams that are closed they are an error.
 */
export class LateStreams {
  readonly #ids: Set<number> = new Set();
  readonly #remembered: number;
  #sections = 0;

  /** @param maxConcurrentStreams streams that can be ended together, before the peer hears of any */
  constructor(maxConcurrentStreams: number) {
    this.#remembered = Math.max(MIN_REMEMBERED, maxConcurrentStreams);
  }

  /** Remembers a stream, and forgets the oldest for it. */
  add(id: number): void {
    this.#sections += SECTIONS_PER_STREAM;
    this.#ids.add(id);
    if (this.#ids.size <= this.#remembered) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Whether frames for the stream may be on their way. */
  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** Takes account of a late header section. False when no stream that we have ended accounts for it. */
  takeSection(): boolean {
    if (this.#sections === 0) return false;
    this.#sections--;
    return true;
  }
}
