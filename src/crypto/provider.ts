/** The interface of the crypto providers, and of the keys that they hold. @module */
import type { AlgorithmName, KeyType } from "./algorithms/mod.ts";

/** The input of a signature: a message, which the algorithm hashes, or the digest of a message. */
export type SigningInput =
  | { readonly message: Uint8Array; readonly digest?: undefined }
  | { readonly digest: Uint8Array; readonly message?: undefined };

/**
 * Layout of an ECDSA signature: `der`, the ASN.1 sequence of RFC 3279 section 2.2.3, or
 * `p1363`, the two integers side by side (IEEE P1363, RFC 7518 section 3.4). Other schemes have one
 * layout and ignore the choice.
 */
export type SignatureFormat = "der" | "p1363";

/** The public half of a key. */
export interface PublicKey extends Disposable {
  readonly type: KeyType;
  /** The SubjectPublicKeyInfo of RFC 5280, in DER. An EC point in it is uncompressed. */
  readonly spki: Uint8Array;
  /** The algorithms that this provider can verify with this key, in the table's order. */
  readonly algorithms: readonly AlgorithmName[];
  /**
   * Verifies a signature of `input` by this key. Any other signature, however malformed, gives false.
   *
   * @throws {CryptoError} `ALGORITHM_MISMATCH`, `BAD_DIGEST`, `PROVIDER_FAILED`
   */
  verify(
    algorithm: AlgorithmName,
    input: SigningInput,
    signature: Uint8Array,
    format?: SignatureFormat,
  ): boolean;
}

/** A private key in a form that can be posted to another thread. */
export type SharedKey =
  /** A reference to the key that the library holds, and its public half (`PublicKey.spki`). */
  | { readonly provider: "openssl" | "aws-lc"; readonly token: bigint; readonly spki: Uint8Array }
  /** PKCS#8 DER. The adopting thread zeroes it; so does the sender unless it transfers the buffer. */
  | { readonly provider: "builtin"; readonly pkcs8: Uint8Array<ArrayBuffer> };

/** A private key. Its secret stays in the provider; only the exports return it. */
export interface PrivateKey extends Disposable {
  readonly type: KeyType;
  /** The public half. This key owns it, and disposes of it with itself. */
  readonly publicKey: PublicKey;
  /** The algorithms that this provider can sign with, in the table's order. */
  readonly algorithms: readonly AlgorithmName[];
  /**
   * Signs `input`, and returns the signature in a buffer of its own. Synchronous: it takes 30 µs (P-256)
   * to several milliseconds (RSA-4096) of the calling thread.
   *
   * @throws {CryptoError} `ALGORITHM_MISMATCH`, `BAD_DIGEST`, `PROVIDER_FAILED`
   */
  sign(algorithm: AlgorithmName, input: SigningInput, format?: SignatureFormat): Uint8Array;
  /**
   * Shares the key with another thread of this process, where a provider of the same kind adopts it,
   * once. With libcrypto no byte of the secret is copied.
   */
  share(): SharedKey;
  /** Exports the private key as unencrypted PKCS#8 DER (RFC 5958), for `keygen`. The caller zeroes it. */
  exportPkcs8(): Uint8Array;
  /**
   * Exports the private key as encrypted PKCS#8 DER: PBES2 (RFC 8018) with AES-256-CBC, its key derived by
   * PBKDF2 with HMAC-SHA-256 and {@linkcode PBKDF2_ITERATIONS}, which takes a fifth of a second. The
   * caller zeroes the passphrase.
   */
  exportEncryptedPkcs8(passphrase: Uint8Array): Uint8Array;
}

/** An implementation of the algorithms of the table. */
export interface CryptoProvider {
  readonly name: "openssl" | "aws-lc" | "builtin";
  /** The version of the library behind it, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
  /** The algorithms that the provider has for a key type, in the table's order. */
  algorithms(keyType: KeyType): readonly AlgorithmName[];
  /** The algorithms among them that also take a digest in place of a message. */
  digestAlgorithms(keyType: KeyType): readonly AlgorithmName[];
  /**
   * Generates a key, off the calling thread: RSA-4096 takes seconds.
   *
   * @throws {CryptoError} `PROVIDER_FAILED`
   */
  generate(keyType: KeyType): Promise<PrivateKey>;
  /**
   * Reads an unencrypted PKCS#8 DER key, and zeroes `pkcs8` in any case. The key signs once and its
   * public half verifies: a key whose halves do not belong together is `BAD_KEY`.
   *
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
   */
  importPrivateKey(pkcs8: Uint8Array): PrivateKey;
  /**
   * Adopts a key that another thread of this process has shared. Once for each `SharedKey`: the builtin
   * provider refuses a second adoption, and openssl would free the key twice.
   *
   * @throws {CryptoError} `PROVIDER_FAILED` when the other thread has another provider
   */
  adoptPrivateKey(shared: SharedKey): PrivateKey;
  /**
   * Reads an encrypted PKCS#8 DER key. The caller zeroes the passphrase.
   *
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`, `BAD_PASSPHRASE`
   */
  importEncryptedPrivateKey(pkcs8: Uint8Array, passphrase: Uint8Array): PrivateKey;
  /**
   * Reads a SubjectPublicKeyInfo in DER.
   *
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
   */
  importPublicKey(spki: Uint8Array): PublicKey;
}

/**
 * Rounds of PBKDF2 with HMAC-SHA-256 for keys that are written encrypted: the minimum of OWASP's Password
 * Storage Cheat Sheet (as of 2023).
 */
export const PBKDF2_ITERATIONS = 600_000;
