import { Digest } from "./digest.ts";
import { loadLibrary } from "./library.ts";
import { decryptPkcs8, generate, type KeyParameters, Pkey, readPkcs8, readSpki } from "./pkey.ts";

/** OpenSSL 3's libcrypto, as far as signing needs it. Keys that it hands out are the caller's to free. */
export interface Libcrypto {
  /** Its own words, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
  /** The name or path under which it was found. */
  readonly path: string;
  /**
   * A new key pair, made off the calling thread.
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
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`, also when the passphrase does not open it
   */
  decryptPkcs8(der: Uint8Array, passphrase: Uint8Array): Uint8Array;
  /**
   * Reads a public key, a SubjectPublicKeyInfo in DER.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  readSpki(der: Uint8Array): Pkey;
  /**
   * The key of a token that `Pkey.share()` gave on another thread of this process. Any other number is
   * undefined behaviour, as is a token that was adopted before.
   */
  adopt(token: bigint): Pkey;
}

let opened: Libcrypto | undefined;

/**
 * libcrypto, loaded on the first call on a thread and kept from then on.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING`, `LIBCRYPTO_TOO_OLD`
 */
export function openLibcrypto(): Libcrypto {
  return opened ??= bind();
}

function bind(): Libcrypto {
  const { symbols, version, path } = loadLibrary();
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
    generate: async (parameters) => own(await generate(symbols, parameters)),
    readPkcs8: (der) => own(readPkcs8(symbols, der)),
    decryptPkcs8: (der, passphrase) => decryptPkcs8(symbols, der, passphrase),
    readSpki: (der) => own(readSpki(symbols, der)),
    adopt: (token) => own(Deno.UnsafePointer.create(token)!),
  };
}
