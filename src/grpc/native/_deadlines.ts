/** What has a deadline. */
export interface Timed {
  /** When it is over, in milliseconds of the thread's clock. */
  readonly deadlineAt: number;
  /** Its place in the heap; -1 outside of it. For `Deadlines` alone. */
  deadlineIndex: number;
  /** The deadline has passed. */
  onDeadline(): void;
}

/** The deadlines of a thread's calls, the next one first: a binary heap, from which any can be taken. */
export class Deadlines {
  readonly #heap: Timed[] = [];

  /** When the next deadline is; `Infinity` when there is none. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].deadlineAt;
  }

  add(timed: Timed): void {
    this.#heap.push(timed);
    this.#rise(timed, this.#heap.length - 1);
  }

  /** Takes it out. Without effect when it is not there. */
  remove(timed: Timed): void {
    const index = timed.deadlineIndex;
    if (index < 0) return;
    timed.deadlineIndex = -1;
    const last = this.#heap.pop()!;
    if (last === timed) return;
    this.#rise(last, index);
    this.#sink(last, last.deadlineIndex);
  }

  /** Takes out what is over at `now`, and tells it. */
  expire(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0].deadlineAt <= now) {
      const timed = this.#heap[0];
      this.remove(timed);
      timed.onDeadline();
    }
  }

  #rise(timed: Timed, index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#heap[parent].deadlineAt <= timed.deadlineAt) break;
      this.#place(this.#heap[parent], index);
      index = parent;
    }
    this.#place(timed, index);
  }

  #sink(timed: Timed, index: number): void {
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#heap.length) break;
      const right = child + 1;
      if (
        right < this.#heap.length && this.#heap[right].deadlineAt < this.#heap[child].deadlineAt
      ) child = right;
      if (this.#heap[child].deadlineAt >= timed.deadlineAt) break;
      this.#place(this.#heap[child], index);
      index = child;
    }
    this.#place(timed, index);
  }

  #place(timed: Timed, index: number): void {
    this.#heap[index] = timed;
    timed.deadlineIndex = index;
  }
}
