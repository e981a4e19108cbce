/** Memory that a thread uses again. @module */

/** Buffers of one size. */
interface SizeClass {
  /** Bytes of a buffer. */
  readonly size: number;
  /** The number of the last `acquire()` of this size. */
  acquiredAt: number;
  readonly buffers: Uint8Array<ArrayBuffer>[];
}

/** All pools of this thread. */
const pools: BufferPool[] = [];

/** Drops the buffers of all pools of this thread. */
export function clearBufferPools(): void {
  for (const pool of pools) pool.clear();
}

/**
 * Buffers of a few sizes, which a thread uses again. V8 fills new memory with zeros, which takes longer than a copy;
 * and returns memory late, as it sees only the small objects that own it. The pool keeps a limited number of bytes.
 * Beyond it, buffers of the sizes that were not acquired for the longest time are dropped first.
 */
export class BufferPool {
  readonly #classes: readonly SizeClass[];
  readonly #maxBytes: number;
  #bytes = 0;
  #acquired = 0;

  /**
   * @param sizes sizes of buffers in ascending order
   * @param maxBytes the most bytes that the pool keeps
   */
  constructor(sizes: readonly number[], maxBytes: number) {
    this.#classes = sizes.map((size) => ({ size, acquiredAt: 0, buffers: [] }));
    this.#maxBytes = maxBytes;
    pools.push(this);
  }

  /** Bytes of the buffers that the pool keeps. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a buffer of `size` bytes or more, with any content. */
  acquire(size: number): Uint8Array<ArrayBuffer> {
    for (const each of this.#classes) {
      if (size > each.size) continue;
      each.acquiredAt = ++this.#acquired;
      const buffer = each.buffers.pop();
      if (buffer === undefined) return new Uint8Array(each.size);
      this.#bytes -= each.size;
      return buffer;
    }
    return new Uint8Array(size);
  }

  /** Takes back a buffer of `acquire()`, which must not be read afterwards. A buffer of another size is dropped. */
  release(bytes: Uint8Array<ArrayBuffer>): void {
    for (const each of this.#classes) {
      if (bytes.length !== each.size) continue;
      while (this.#bytes + each.size > this.#maxBytes) {
        const victim = this.#leastRecent();
        if (victim === undefined || victim.acquiredAt >= each.acquiredAt) return;
        victim.buffers.pop();
        this.#bytes -= victim.size;
      }
      each.buffers.push(bytes);
      this.#bytes += each.size;
    }
  }

  /** Drops all buffers. */
  clear(): void {
    for (const { buffers } of this.#classes) buffers.length = 0;
    this.#bytes = 0;
  }

  /** Returns the class with buffers that was not acquired for the longest time. */
  #leastRecent(): SizeClass | undefined {
    let found: SizeClass | undefined;
    for (const each of this.#classes) {
      if (each.buffers.length === 0) continue;
      if (found === undefined || each.acquiredAt < found.acquiredAt) found = each;
    }
    return found;
  }
}
