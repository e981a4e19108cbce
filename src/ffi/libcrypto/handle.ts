import { LibcryptoError } from "./errors.ts";

/**
 * A pointer to something that libcrypto allocated, freed exactly once.
 *
 * No FinalizationRegistry stands behind it: it would free at a time of the collector's choosing, and so
 * leave a private key in memory for as long, while looking as if somebody took care of it. Who makes a
 * handle disposes of it.
 */
export class Handle implements Disposable {
  #pointer: Deno.PointerObject | null;
  readonly #free: (pointer: Deno.PointerObject) => void;
  readonly #what: string;

  constructor(
    pointer: Deno.PointerObject,
    free: (pointer: Deno.PointerObject) => void,
    what: string,
  ) {
    this.#pointer = pointer;
    this.#free = free;
    this.#what = what;
  }

  /** @throws {LibcryptoError} `HANDLE_DISPOSED` */
  get pointer(): Deno.PointerObject {
    if (this.#pointer === null) {
      throw new LibcryptoError("HANDLE_DISPOSED", `The ${this.#what} was used after its disposal`);
    }
    return this.#pointer;
  }

  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    this.#free(this.#pointer);
    this.#pointer = null;
  }
}
