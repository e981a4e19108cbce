const STOP = 0;

/** Stops a blocking thread from the main thread, by a word of shared memory. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** True after `stop()` on any thread. */
  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, STOP);
  }

  /** Blocks the thread for a time in (fractional) milliseconds, or until `stop()`. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, STOP, 0, milliseconds);
  }
}
