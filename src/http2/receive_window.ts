/**
 * A flow-control window that we grant (RFC 9113 section 5.2), of a stream or of the connection: what the
 * peer may still send, and what was consumed and not yet granted again. Credit goes back in pieces of at least
 * half the window, so a small message costs no WINDOW_UPDATE.
 */
export class ReceiveWindow {
  /** Bytes that the peer may send; below 0 after the setting was lowered. */
  #available: number;
  /** Bytes that arrived and are not consumed. */
  #held = 0;
  /** Bytes that are consumed and not granted again. */
  #credit = 0;
  #size: number;

  constructor(size: number) {
    this.#available = size;
    this.#size = size;
  }

  /** Bytes that have arrived and are not consumed. */
  get held(): number {
    return this.#held;
  }

  /** Counts bytes that arrived. False where the peer has sent more than it was granted. */
  receive(bytes: number): boolean {
    this.#available -= bytes;
    this.#held += bytes;
    return this.#available >= 0;
  }

  /**
   * Counts bytes, of those that arrived, as consumed.
   *
   * @returns the increment to announce, 0 for none yet
   */
  consume(bytes: number): number {
    this.#held -= bytes;
    this.#credit += bytes;
    if (this.#credit * 2 < this.#size) return 0;
    return this.#grant();
  }

  /**
   * Makes the connection's window larger.
   *
   * @returns the increment to announce
   */
  grow(size: number): number {
    this.#credit += size - this.#size;
    this.#size = size;
    return this.#grant();
  }

  /** Changes a stream's window by a change of SETTINGS_INITIAL_WINDOW_SIZE (section 6.9.2). */
  shift(size: number): void {
    this.#available += size - this.#size;
    this.#size = size;
  }

  #grant(): number {
    const increment = this.#credit;
    this.#available += increment;
    this.#credit = 0;
    return increment;
  }
}
