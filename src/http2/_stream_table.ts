/** Slots of a table with its first stream; always a power of two, and at most half of them are taken. */
const FIRST_CAPACITY = 16;

/** The slots of a table that was never used. */
const NO_IDS = new Int32Array(1);
const NO_STREAMS = [undefined];

/**
 * The streams of a connection by their ids: a hash table of open addressing, with linear probing. An
 * empty table that was never used holds no memory.
 *
 * A `Map` would do the same, at a cost to the garbage collector. V8 replaces the table inside a `Map` after a number
 * of insertions, and the old table refers to the new one. Once an old table is in the old generation, it keeps all later
 * streams alive until the next major collection: under load the pauses of minor collections went from 0.3 ms to 10 to
 * 45 ms, and memory grew by half.
 *
 * A peer that chooses ids which collide makes a lookup pass its own streams, `maxConcurrentStreams` at most.
 */
export class StreamTable<S> {
  /** Ids by slot; 0 in a free slot, because no stream has it (RFC 9113 section 5.1.1). */
  #ids = NO_IDS;
  #streams: (S | undefined)[] = NO_STREAMS;
  #mask = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): S | undefined {
    return this.#streams[this.#slotOf(id)];
  }

  has(id: number): boolean {
    return this.#ids[this.#slotOf(id)] === id;
  }

  set(id: number, stream: S): void {
    if (2 * this.#size >= this.#mask) this.#grow();
    const slot = this.#slotOf(id);
    if (this.#ids[slot] === 0) this.#size++;
    this.#ids[slot] = id;
    this.#streams[slot] = stream;
  }

  delete(id: number): void {
    let free = this.#slotOf(id);
    if (this.#ids[free] !== id) return;
    this.#size--;
    // Streams that were put further along because this slot was taken move up.
    for (let slot = this.#next(free); this.#ids[slot] !== 0; slot = this.#next(slot)) {
      const home = this.#home(this.#ids[slot]);
      const mayMove = ((slot - home) & this.#mask) >= ((slot - free) & this.#mask);
      if (!mayMove) continue;
      this.#ids[free] = this.#ids[slot];
      this.#streams[free] = this.#streams[slot];
      free = slot;
    }
    this.#ids[free] = 0;
    this.#streams[free] = undefined;
  }

  /** All streams, in no particular order. The table must not change during the iteration. */
  *values(): Generator<S> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#ids[slot] !== 0) yield this.#streams[slot]!;
    }
  }

  /** The slot of an id when nothing collides. Ids of one side are all odd or all even. */
  #home(id: number): number {
    return (id >> 1) & this.#mask;
  }

  #next(slot: number): number {
    return (slot + 1) & this.#mask;
  }

  /** The slot that holds an id, or else the one that is free for it. */
  #slotOf(id: number): number {
    let slot = this.#home(id);
    while (this.#ids[slot] !== 0 && this.#ids[slot] !== id) slot = this.#next(slot);
    return slot;
  }

  #grow(): void {
    const [ids, streams] = [this.#ids, this.#streams];
    const capacity = Math.max(FIRST_CAPACITY, 2 * ids.length);
    this.#mask = capacity - 1;
    this.#ids = new Int32Array(capacity);
    this.#streams = new Array(capacity).fill(undefined);
    this.#size = 0;
    for (let slot = 0; slot < ids.length; slot++) {
      if (ids[slot] !== 0) this.set(ids[slot], streams[slot]!);
    }
  }
}
