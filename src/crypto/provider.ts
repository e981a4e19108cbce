import type { AlgorithmName, KeyType } from "./algorithms.ts";

/** What is signed: a message, which the algorithm hashes, or the digest of one. */
export type SigningInput =
  | { readonly message: Uint8Array; readonly digest?: undefined }
  | { readonly digest: Uint8Array; readonly message?: undefined };

/**
 * How an ECDSA signature is laid out: `der`, the ASN.1 sequence of RFC 3279 section 2.2.3, or
 * `p1363`, the two integers side by side (IEEE P1363, RFC 7518 section 3.4). Other schemes have one
 * layout and ignore it.
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
   * Whether `signature` is one of `input` by this key. False for every signature that is not, however
   * malformed.
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

/** A private key on its way to another thread, as it can be posted there. */
export type SharedKey =
  /** A token for what libcrypto holds. */
  | { readonly provider: "openssl"; readonly token: bigint }
  /** PKCS#8 DER, which whoever adopts it zeroes, and whoever posts it too if it is not transferred. */
  | { readonly provider: "builtin"; readonly pkcs8: Uint8Array<ArrayBuffer> };

/** A private key. Its secret stays with the provider: nothing here gives it out but the exports. */
export interface PrivateKey extends Disposable {
  readonly type: KeyType;
  /** The public half. It belongs to this key, and is disposed of with it. */
  readonly publicKey: PublicKey;
  /** The algorithms that this provider can sign with, in the table's order. */
  readonly algorithms: readonly AlgorithmName[];
  /**
   * A signature of `input`, in a buffer of its own. Synchronous: it takes from 30 µs (P-256) to
   * several milliseconds (RSA-4096) of the calling thread.
   *
   * @throws {CryptoError} `ALGORITHM_MISMATCH`, `BAD_DIGEST`, `PROVIDER_FAILED`
   */
  sign(algorithm: AlgorithmName, input: SigningInput, format?: SignatureFormat): Uint8Array;
  /**
   * The key for another thread of this process, whose provider of the same kind adopts it, once. Where
   * the provider can, no byte of the key moves.
   */
  share(): SharedKey;
  /** The private key as unencrypted PKCS#8 DER (RFC 5958). For `keygen`; the caller zeroes it. */
  exportPkcs8(): Uint8Array;
  /**
   * The private key as encrypted PKCS#8 DER: PBES2 (RFC 8018) with AES-256-CBC, its key derived by
   * PBKDF2 with HMAC-SHA-256 and {@linkcode PBKDF2_ITERATIONS}, which takes a fifth of a second. The
   * caller zeroes the passphrase.
   */
  exportEncryptedPkcs8(passphrase: Uint8Array): Uint8Array;
}

/** An implementation of the algorithms of the table. */
export interface CryptoProvider {
  readonly name: "openssl" | "builtin";
  /** The version of the library behind it, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
  /** The algorithms that it can do with keys of a type, in the table's order. */
  algorithms(keyType: KeyType): readonly AlgorithmName[];
  /** Those of them that also take a digest in the place of a message. */
  digestAlgorithms(keyType: KeyType): readonly AlgorithmName[];
  /**
   * A new key. RSA-4096 takes seconds: it runs off the calling thread.
   *
   * @throws {CryptoError} `PROVIDER_FAILED`
   */
  generate(keyType: KeyType): Promise<PrivateKey>;
  /**
   * Reads an unencrypted PKCS#8 DER key, and zeroes `pkcs8` whether or not it succeeds. The key signs
   * once and its public half verifies: one whose halves do not belong together is `BAD_KEY`.
   *
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
   */
  importPrivateKey(pkcs8: Uint8Array): PrivateKey;
  /**
   * The key that a thread of this process has shared. Once for each `SharedKey`: the builtin provider
   * refuses it a second time, and openssl would free the key twice.
   *
   * @throws {CryptoError} `PROVIDER_FAILED` when the provider there was another one
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
 * Rounds of PBKDF2 with HMAC-SHA-256 for keys that are written encrypted: what OWASP's Password Storage
 * Cheat Sheet asks for at least (as of 2023).
 */
export const PBKDF2_ITERATIONS = 600_000;
