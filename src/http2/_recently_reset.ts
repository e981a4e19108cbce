/** The least number of remembered streams: no limit of open streams applies to refused ones. */
const MIN_REMEMBERED = 256;

/** Header sections that a peer may have in flight on one stream: a response and its trailers. */
const SECTIONS_PER_STREAM = 2;

/**
 * The streams that this side has reset recently. Frames that the peer sent on them before it received RST_STREAM are
 * ignored (RFC 9113 section 5.1); on other closed streams they are an error.
 */
export class RecentlyReset {
  readonly #ids: Set<number> = new Set();
  readonly #capacity: number;
  #sections = 0;

  /** @param maxConcurrentStreams streams that can be reset together before the peer receives any RST_STREAM */
  constructor(maxConcurrentStreams: number) {
    this.#capacity = Math.max(MIN_REMEMBERED, maxConcurrentStreams);
  }

  /** Adds a stream, and forgets the oldest one when there are too many. */
  add(id: number): void {
    this.#sections += SECTIONS_PER_STREAM;
    this.#ids.add(id);
    if (this.#ids.size <= this.#capacity) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** Counts a header section that arrived on a closed stream. False when no reset accounts for it. */
  takeSection(): boolean {
    if (this.#sections === 0) return false;
    this.#sections--;
    return true;
  }
}
