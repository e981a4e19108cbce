/** The end of a load by the main thread. @module */

const STOP = 0;

/** Stops load threads from the main thread, by a word of shared memory: they may be blocked. */
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

  /** Stops the load, which may not have begun. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, STOP);
  }

  /** Resolves after `stop()` on any thread. For a thread that returns to its event loop. */
  async whenStopped(): Promise<void> {
    await Atomics.waitAsync(this.#words, STOP, 0).value;
  }

  /** Blocks the thread for a time in (fractional) milliseconds, or until `stop()`. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, STOP, 0, milliseconds);
  }
}
