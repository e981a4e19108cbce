/** An item that is due at a time. It is in at most one heap. */
export interface Due {
  /** The time, on a clock that all items of the heap share. Must not change while the item is in a heap. */
  readonly due: number;
  /** Index within the heap, -1 outside of one. Written by the heap. */
  place: number;
  /** The number of items that were added to the heap before. Written by the heap. */
  order: number;
}

/**
 * Items in the order in which they are due, and those that are due at the same time in the order in which they were added:
 * a binary heap from which any item can be removed.
 */
export class DueHeap<T extends Due> {
  readonly #heap: T[] = [];
  #added = 0;

  /** Number of items. */
  get size(): number {
    return this.#heap.length;
  }

  /** The time at which the next item is due; `Infinity` when there is none. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].due;
  }

  add(item: T): void {
    item.order = this.#added++;
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Removes an item. Has no effect when it is not in the heap. */
  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop()!;
    if (last === item) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** Removes and returns the next item; undefined when there is none. */
  take(): T | undefined {
    return this.takeDue(Infinity);
  }

  /** Removes and returns the next item if it is due at `now`. */
  takeDue(now: number): T | undefined {
    if (this.#heap.length === 0 || this.#heap[0].due > now) return undefined;
    const item = this.#heap[0];
    this.remove(item);
    return item;
  }

  /** Removes all items. */
  clear(): void {
    this.#heap.length = 0;
  }

  #rise(item: T, place: number): void {
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (isBefore(this.#heap[above], item)) break;
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
      if (right < this.#heap.length && isBefore(this.#heap[right], this.#heap[below])) {
        below = right;
      }
      if (isBefore(item, this.#heap[below])) break;
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

function isBefore(one: Due, other: Due): boolean {
  return one.due < other.due || one.due === other.due && one.order < other.order;
}
