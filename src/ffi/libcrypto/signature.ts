/** Signing and verifying in libcrypto (EVP_PKEY_sign(3ossl), EVP_DigestSign(3ossl)). @module */
import { allocateBytes } from "../../memory/mod.ts";
import type { Digest } from "./digest.ts";
import { clearErrorQueue } from "../_error_queue.ts";
import { expectOk, expectPointer, messagesOnly } from "./errors.ts";
import { Handle } from "./handle.ts";
import type { Symbols } from "./symbols.ts";

/** A signature scheme in terms of libcrypto; the algorithm itself is that of the key. */
export interface SignatureScheme {
  /** Name of the hash function; undefined where the scheme signs messages, as Ed25519 does. */
  readonly hash?: string | undefined;
  /** RSA: the padding. */
  readonly rsaPadding?: "pkcs1" | "pss";
  /** PSS: bytes of salt, for signing and required in verification. */
  readonly saltBytes?: number | undefined;
}

/** Signs with a key and a scheme, any number of times. ECDSA signatures are DER. */
export interface Signer extends Disposable {
  /** Signs a message. */
  sign(message: Uint8Array): Uint8Array;
  /** Signs a digest of the length of the hash. */
  signDigest(digest: Uint8Array): Uint8Array;
}

/** Verifies with a key and a scheme. A malformed signature is false, not an error. */
export interface Verifier extends Disposable {
  verify(message: Uint8Array, signature: Uint8Array): boolean;
  verifyDigest(digest: Uint8Array, signature: Uint8Array): boolean;
}

/** RSA_PKCS1_PADDING and RSA_PKCS1_PSS_PADDING of openssl/rsa.h, that of OpenSSL and that of AWS-LC. */
export const rsaPaddings = { pkcs1: 1, pss: 6 } as const;

/**
 * Memory for the signatures of a key, and their length.
 *
 * The length is a size_t: libcrypto reads the size of the memory and writes the size of the signature. It is
 * accessed as two halves to avoid a BigInt for each signature. The lower half is first: all platforms of
 * Deno are little-endian.
 */
export class Output {
  readonly #room: number;
  readonly length = new Uint32Array(2);

  /** @param room bytes of the longest signature */
  constructor(room: number) {
    this.#room = room;
  }

  /** Returns memory for the next signature. */
  next(): Uint8Array {
    this.length[0] = this.#room;
    this.length[1] = 0;
    return allocateBytes(this.#room);
  }

  /** Returns the signature that was written to memory of `next()`. */
  signatureIn(memory: Uint8Array): Uint8Array {
    const length = this.length[0];
    return length === memory.length ? memory : memory.subarray(0, length);
  }
}

/**
 * Signs and verifies digests with an EVP_PKEY_CTX that is initialised once, for any number of operations
 * (EVP_PKEY_sign(3ossl), "NOTES"): this saves fetching the algorithm.
 */
class DigestContext extends Handle implements Signer, Verifier {
  readonly #symbols: Symbols;
  readonly #digest: Digest;
  readonly #output: Output;

  constructor(symbols: Symbols, context: Deno.PointerObject, digest: Digest, room: number) {
    super(context, symbols.EVP_PKEY_CTX_free, "key");
    this.#symbols = symbols;
    this.#digest = digest;
    this.#output = new Output(room);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.signDigest(this.#digest.hash(message));
  }

  signDigest(digest: Uint8Array): Uint8Array {
    const symbols = this.#symbols;
    const output = this.#output;
    const memory = output.next();
    clearErrorQueue(symbols);
    const size = BigInt(digest.length);
    const result = symbols.EVP_PKEY_sign(this.pointer, memory, output.length, digest, size);
    expectOk(symbols, "EVP_PKEY_sign", result);
    return output.signatureIn(memory);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.verifyDigest(this.#digest.hash(message), signature);
  }

  verifyDigest(digest: Uint8Array, signature: Uint8Array): boolean {
    const symbols = this.#symbols;
    clearErrorQueue(symbols);
    const room = BigInt(signature.length);
    const valid =
      symbols.EVP_PKEY_verify(this.pointer, signature, room, digest, BigInt(digest.length)) === 1;
    if (!valid) clearErrorQueue(symbols);
    return valid;
  }
}

/**
 * Signs and verifies whole messages with one EVP_MD_CTX, for the scheme without a digest.
 *
 * Since OpenSSL 3.2 a context is good for one operation. Initialising it again without a key keeps the key, and
 * costs 0.2 µs; a copy of a template costs as much, and allocates.
 */
class MessageContext extends Handle implements Signer, Verifier {
  readonly #symbols: Symbols;
  readonly #output: Output;

  constructor(symbols: Symbols, context: Deno.PointerObject, room: number) {
    super(context, symbols.EVP_MD_CTX_free, "key");
    this.#symbols = symbols;
    this.#output = new Output(room);
  }

  sign(message: Uint8Array): Uint8Array {
    const symbols = this.#symbols;
    const output = this.#output;
    const memory = output.next();
    clearErrorQueue(symbols);
    const reset = symbols.EVP_DigestSignInit(this.pointer, null, null, null, null);
    expectOk(symbols, "EVP_DigestSignInit", reset);
    const size = BigInt(message.length);
    const result = symbols.EVP_DigestSign(this.pointer, memory, output.length, message, size);
    expectOk(symbols, "EVP_DigestSign", result);
    return output.signatureIn(memory);
  }

  signDigest(): never {
    throw messagesOnly();
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    const symbols = this.#symbols;
    clearErrorQueue(symbols);
    const reset = symbols.EVP_DigestVerifyInit(this.pointer, null, null, null, null);
    expectOk(symbols, "EVP_DigestVerifyInit", reset);
    const room = BigInt(signature.length);
    const size = BigInt(message.length);
    const valid = symbols.EVP_DigestVerify(this.pointer, signature, room, message, size) === 1;
    if (!valid) clearErrorQueue(symbols);
    return valid;
  }

  verifyDigest(): never {
    throw messagesOnly();
  }
}

/** Opens a context that signs or verifies with a key and a scheme. */
export function openContext(
  symbols: Symbols,
  pkey: Deno.PointerObject,
  use: "sign" | "verify",
  { rsaPadding, saltBytes }: SignatureScheme,
  digest: Digest | undefined,
): Signer & Verifier {
  clearErrorQueue(symbols);
  const room = symbols.EVP_PKEY_get_size(pkey);
  if (digest === undefined) {
    const context = expectPointer(symbols, "EVP_MD_CTX_new", symbols.EVP_MD_CTX_new());
    const opened = new MessageContext(symbols, context, room);
    const name = use === "sign" ? "EVP_DigestSignInit" : "EVP_DigestVerifyInit";
    return initialised(opened, () => {
      expectOk(symbols, name, symbols[name](context, null, null, null, pkey));
    });
  }
  const made = symbols.EVP_PKEY_CTX_new_from_pkey(null, pkey, null);
  const context = expectPointer(symbols, "EVP_PKEY_CTX_new_from_pkey", made);
  const opened = new DigestContext(symbols, context, digest, room);
  const name = use === "sign" ? "EVP_PKEY_sign_init" : "EVP_PKEY_verify_init";
  return initialised(opened, () => {
    expectOk(symbols, name, symbols[name](context));
    if (rsaPadding !== undefined) {
      const padded = symbols.EVP_PKEY_CTX_set_rsa_padding(context, rsaPaddings[rsaPadding]);
      expectOk(symbols, "EVP_PKEY_CTX_set_rsa_padding", padded);
    }
    const hashed = symbols.EVP_PKEY_CTX_set_signature_md(context, digest.md);
    expectOk(symbols, "EVP_PKEY_CTX_set_signature_md", hashed);
    if (saltBytes !== undefined) {
      const salted = symbols.EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltBytes);
      expectOk(symbols, "EVP_PKEY_CTX_set_rsa_pss_saltlen", salted);
      const masked = symbols.EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest.md);
      expectOk(symbols, "EVP_PKEY_CTX_set_rsa_mgf1_md", masked);
    }
  });
}

/** Initialises a handle, and frees it on failure. */
function initialised<H extends Handle>(handle: H, initialise: () => void): H {
  try {
    initialise();
    return handle;
  } catch (error) {
    handle[Symbol.dispose]();
    throw error;
  }
}
