/** What is due at a time. It is in one heap at most, once. */
export interface Due {
  /** When, on the clock of `performance.now()`. Not to be changed while it is in a heap. */
  readonly due: number;
  /** Where in the heap, -1 for not at all. The heap's to write. */
  place: number;
}

/** What is due, the next one first: a binary heap, from which any can be taken. */
export class DueHeap<T extends Due> {
  readonly #heap: T[] = [];

  /** When the next one is due; `Infinity` when there is none. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].due;
  }

  add(item: T): void {
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Takes it out. Without effect when it is not there. */
  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop()!;
    if (last === item) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** Takes out the next one if it is due at `now`. */
  takeDue(now: number): T | undefined {
    if (this.#heap.length === 0 || this.#heap[0].due > now) return undefined;
    const item = this.#heap[0];
    this.remove(item);
    return item;
  }

  /** Forgets all. */
  clear(): void {
    this.#heap.length = 0;
  }

  #rise(item: T, place: number): void {
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#heap[above].due <= item.due) break;
      this.#put(this.#heap[above], place);
      place = above;
    }
    this.#put(item, place);
  }

  #sink(item: T, place: number): void {
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#heap.length) break;
      const right = below + 1;
      if (right < this.#heap.length && this.#heap[right].due < this.#heap[below].due) below = right;
      if (this.#heap[below].due >= item.due) break;
      this.#put(this.#heap[below], place);
      place = below;
    }
    this.#put(item, place);
  }

  #put(item: T, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }
}
