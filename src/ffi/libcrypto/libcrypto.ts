/** The functions of libcrypto that the rest of the program uses. @module */
import { Digest } from "./digest.ts";
import { type FoundLibrary, type Library, loadLibrary } from "./library.ts";
import { keptInHeap, openSecureHeap, type SecureHeap } from "./secure_heap.ts";
import { decryptPkcs8, generate, type KeyParameters, Pkey, readPkcs8, readSpki } from "./pkey.ts";

/** OpenSSL 3's libcrypto, for signing. The caller frees the keys that its methods return. */
export interface Libcrypto {
  /** The version text, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
  /** The name or path of the loaded library. */
  readonly path: string;
  /** Computes SHA-256. The next call overwrites the result. */
  sha256(message: Uint8Array): Uint8Array;
  /**
   * Reserves memory of the process for the secrets of keys that are read or generated from now on, also for those of
   * AWS-LC where this thread has loaded it. To be called once, and before the first key.
   *
   * @param bytes a power of two; once three quarters are used up, reading keys fails. Signing needs the rest
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  openSecureHeap(bytes: number): SecureHeap;
  /**
   * Generates a key pair on another thread.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  generate(parameters: KeyParameters): Promise<Pkey>;
  /**
   * Reads a private key in PKCS#8 DER. The caller zeroes `der`.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  readPkcs8(der: Uint8Array): Pkey;
  /**
   * Decrypts a private key in encrypted PKCS#8 DER. The caller zeroes the result, which is PKCS#8 DER
   * (with a wrong passphrase perhaps not), and the passphrase.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`, also for a wrong passphrase
   */
  decryptPkcs8(der: Uint8Array, passphrase: Uint8Array): Uint8Array;
  /**
   * Reads a public key, a SubjectPublicKeyInfo in DER.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  readSpki(der: Uint8Array): Pkey;
  /**
   * Adopts the key of a token of `Pkey.share()` from another thread of this process. Any other number, and
   * a token that was adopted before, is undefined behaviour.
   */
  adopt(token: bigint): Pkey;
}

let opened: Libcrypto | undefined;

/**
 * Loads libcrypto at the first call on a thread; later calls return the same library.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING`, `LIBCRYPTO_TOO_OLD`
 */
export function openLibcrypto(): Libcrypto {
  return opened ??= bind(loadLibrary());
}

/** Returns the libcrypto of `openLibcrypto()` if this thread has loaded it. */
export function openedLibcrypto(): Libcrypto | undefined {
  return opened;
}

/**
 * Loads another libcrypto, beside that of `openLibcrypto()`, to compare the two. Keys of one are no keys of the other.
 *
 * @throws {Error} when it cannot be loaded
 */
export function openOtherLibcrypto(library: FoundLibrary): Libcrypto {
  return bind(loadLibrary(library));
}

function bind({ symbols, version, path }: Library): Libcrypto {
  const digests = new Map<string, Digest>();
  const digest = (name: string): Digest => {
    const known = digests.get(name) ?? new Digest(symbols, name);
    digests.set(name, known);
    return known;
  };
  const own = (pointer: Deno.PointerObject) => new Pkey(symbols, pointer, digest);
  return {
    version,
    path,
    sha256: (message) => digest("sha256").hash(message),
    openSecureHeap: (bytes) => openSecureHeap(symbols, bytes),
    generate: async (parameters) => own(await generate(symbols, parameters)),
    readPkcs8: (der) => keptInHeap(own(readPkcs8(symbols, der))),
    decryptPkcs8: (der, passphrase) => decryptPkcs8(symbols, der, passphrase),
    readSpki: (der) => own(readSpki(symbols, der)),
    adopt: (token) => own(Deno.UnsafePointer.create(token)!),
  };
}
