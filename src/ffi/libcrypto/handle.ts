/** Ownership of memory that libcrypto has allocated. @module */
import { LibcryptoError } from "./errors.ts";

/**
 * A pointer to memory of libcrypto, freed exactly once. The creator of a handle disposes of it.
 *
 * There is no FinalizationRegistry: it would free a private key at a time that the garbage collector chooses,
 * and hide a missing disposal.
 */
export class Handle implements Disposable {
  #pointer: Deno.PointerObject | null;
  readonly #free: (pointer: Deno.PointerObject) => void;
  readonly #name: string;

  constructor(
    pointer: Deno.PointerObject,
    free: (pointer: Deno.PointerObject) => void,
    name: string,
  ) {
    this.#pointer = pointer;
    this.#free = free;
    this.#name = name;
  }

  /** @throws {LibcryptoError} `HANDLE_DISPOSED` */
  get pointer(): Deno.PointerObject {
    if (this.#pointer === null) {
      throw new LibcryptoError("HANDLE_DISPOSED", `The ${this.#name} was used after its disposal`);
    }
    return this.#pointer;
  }

  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    this.#free(this.#pointer);
    this.#pointer = null;
  }
}
