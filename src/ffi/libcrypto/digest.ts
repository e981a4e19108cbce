/** Hash functions of libcrypto (EVP_DigestInit(3ossl)). @module */
import { cString } from "../_c_string.ts";
import { clearErrorQueue } from "../_error_queue.ts";
import { expectOk, expectPointer } from "./errors.ts";
import type { Symbols } from "./symbols.ts";

/**
 * A hash function and a context, fetched once: an implicit fetch for each operation costs about as much as
 * hashing a short message (EVP_MD_fetch(3ossl), "Implicit fetching").
 *
 * Never freed: there are three, without secrets.
 */
export class Digest {
  /** The EVP_MD, for signature contexts. */
  readonly md: Deno.PointerObject;
  readonly #symbols: Symbols;
  readonly #context: Deno.PointerObject;
  readonly #output: Uint8Array;

  /** @param name the name of the hash function in OpenSSL, such as `sha256` */
  constructor(symbols: Symbols, name: string) {
    clearErrorQueue(symbols);
    this.#symbols = symbols;
    const md = symbols.EVP_MD_fetch(null, cString(name), null);
    this.md = expectPointer(symbols, `EVP_MD_fetch of ${name}`, md);
    this.#context = expectPointer(symbols, "EVP_MD_CTX_new", symbols.EVP_MD_CTX_new());
    this.#output = new Uint8Array(symbols.EVP_MD_get_size(this.md));
  }

  /** Hashes a message. The next call overwrites the result. */
  hash(message: Uint8Array): Uint8Array {
    const { EVP_DigestInit_ex2, EVP_DigestUpdate, EVP_DigestFinal_ex } = this.#symbols;
    const ok = EVP_DigestInit_ex2(this.#context, this.md, null) === 1 &&
      EVP_DigestUpdate(this.#context, message, BigInt(message.length)) === 1 &&
      EVP_DigestFinal_ex(this.#context, this.#output, null) === 1;
    expectOk(this.#symbols, "Hashing a message", ok ? 1 : 0);
    return this.#output;
  }
}
