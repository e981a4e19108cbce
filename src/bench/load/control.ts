const STOP = 0;

/** How the main thread tells a thread that blocks to stop: a word of memory that both see. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Whether `stop()` was called, on any thread. */
  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, STOP);
  }

  /** Blocks the thread for so many milliseconds, or parts of one, or until `stop()`. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, STOP, 0, milliseconds);
  }
}
