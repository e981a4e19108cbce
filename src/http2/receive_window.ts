/**
 * A flow-control window of a stream or of the connection, for DATA that the peer sends (RFC 9113 section 5.2).
 * Credit for consumed bytes is returned in increments of half the window or more, so a small message costs no
 * WINDOW_UPDATE.
 */
export class ReceiveWindow {
  /** Bytes that the peer may send; below 0 after the setting was lowered. */
  #available: number;
  /** Bytes that have arrived and are not consumed. */
  #held = 0;
  /** Bytes that are consumed and whose credit is not returned. */
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

  /** Counts bytes that arrived. False when the peer has sent more than its credit. */
  receive(bytes: number): boolean {
    this.#available -= bytes;
    this.#held += bytes;
    return this.#available >= 0;
  }

  /**
   * Counts bytes as consumed.
   *
   * @returns the increment of a WINDOW_UPDATE, 0 for none yet
   */
  consume(bytes: number): number {
    this.#held -= bytes;
    this.#credit += bytes;
    if (this.#credit * 2 < this.#size) return 0;
    return this.#returnCredit();
  }

  /**
   * Makes the connection's window larger.
   *
   * @returns the increment of a WINDOW_UPDATE
   */
  grow(size: number): number {
    this.#credit += size - this.#size;
    this.#size = size;
    return this.#returnCredit();
  }

  /** Changes a stream's window to a new SETTINGS_INITIAL_WINDOW_SIZE (section 6.9.2). */
  shift(size: number): void {
    this.#available += size - this.#size;
    this.#size = size;
  }

  #returnCredit(): number {
    const increment = this.#credit;
    this.#available += increment;
    this.#credit = 0;
    return increment;
  }
}
