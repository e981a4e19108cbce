/** DATA of one stream that cannot go out yet: copies of what was sent, in order. */
export class SendQueue {
  #chunks: Uint8Array[] = [];
  #first = 0;
  /** Bytes of the first chunk that are gone. */
  #offset = 0;
  /** Bytes in the queue. */
  length = 0;

  /** Copies `prefix` and `bytes` to the end. */
  push(prefix: Uint8Array, bytes: Uint8Array): void {
    const chunk = new Uint8Array(prefix.length + bytes.length);
    chunk.set(prefix);
    chunk.set(bytes, prefix.length);
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Moves `size` bytes, no more than there are, to `target` at `at`. */
  take(target: Uint8Array, at: number, size: number): void {
    this.length -= size;
    while (size > 0) {
      const chunk = this.#chunks[this.#first];
      const piece = Math.min(size, chunk.length - this.#offset);
      target.set(chunk.subarray(this.#offset, this.#offset + piece), at);
      at += piece;
      size -= piece;
      this.#offset += piece;
      if (this.#offset === chunk.length) this.#dropFirst();
    }
  }

  #dropFirst(): void {
    this.#offset = 0;
    this.#first++;
    // Dropping from the front of an array moves the rest: done once for many.
    if (this.#first * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
  }
}
