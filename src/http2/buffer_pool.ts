/** Memory that a thread uses again. @module */

/** Buffers of one size. */
interface SizeClass {
  /** Bytes of a buffer. */
  readonly size: number;
  /** The most buffers that are kept. */
  readonly length: number;
  readonly buffers: Uint8Array<ArrayBuffer>[];
}

/**
 * Buffers of a few sizes, which a thread uses again. V8 fills new memory with zeros, which takes longer than a copy;
 * and returns memory late, as it sees only the small objects that own it.
 */
export class BufferPool {
  readonly #classes: readonly SizeClass[];

  /** @param classes sizes in ascending order, each with the most buffers of it that are kept */
  constructor(classes: readonly { readonly size: number; readonly length: number }[]) {
    this.#classes = classes.map(({ size, length }) => ({ size, length, buffers: [] }));
  }

  /** Returns a buffer of `size` bytes or more, with any content. */
  acquire(size: number): Uint8Array<ArrayBuffer> {
    for (const each of this.#classes) {
      if (size <= each.size) return each.buffers.pop() ?? new Uint8Array(each.size);
    }
    return new Uint8Array(size);
  }

  /** Takes a buffer of `acquire()`, which nobody may read any more. One of another size is dropped. */
  release(bytes: Uint8Array<ArrayBuffer>): void {
    for (const { size, length, buffers } of this.#classes) {
      if (bytes.length === size && buffers.length < length) buffers.push(bytes);
    }
  }
}
