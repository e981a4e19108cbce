/** The state of a log's file in memory that its threads share. @module */

/** Words: 1 after a line of which only a part was written; lines since the last signed one; 1 when one is due. */
const TORN = 0;
const UNSIGNED = 1;
const DUE = 2;
const WORDS = 3;

/** The lines that all threads of a log write. */
export class SharedLines {
  readonly #words: Int32Array;
  readonly #signEvery: number;

  /** @param signEvery number of lines after which a signed one is due */
  constructor(memory: SharedArrayBuffer, signEvery: number) {
    this.#words = new Int32Array(memory);
    this.#signEvery = signEvery;
  }

  static createMemory(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Notes that a line was cut off. */
  tear(): void {
    Atomics.store(this.#words, TORN, 1);
  }

  /** Returns true for one thread after a line was cut off: it begins the next line on its own. */
  mend(): boolean {
    return Atomics.exchange(this.#words, TORN, 0) === 1;
  }

  /** Counts lines that were written. The line that makes them as many as are signed at once wakes the main thread. */
  add(count: number): void {
    const before = Atomics.add(this.#words, UNSIGNED, count);
    if (before < this.#signEvery && before + count >= this.#signEvery) this.wake();
  }

  /** Resets the count. To be called before a signed line is made. */
  restart(): void {
    Atomics.store(this.#words, DUE, 0);
    Atomics.store(this.#words, UNSIGNED, 0);
  }

  /** Resolves when a signed line is due, or after `wake()`. Does not keep the process alive. */
  async awaitDue(): Promise<void> {
    await Atomics.waitAsync(this.#words, DUE, 0).value;
  }

  wake(): void {
    Atomics.store(this.#words, DUE, 1);
    Atomics.notify(this.#words, DUE);
  }
}
