/** Errors of keys and signatures. @module */

/** The reason of a CryptoError, for code that has to decide on it. */
export type CryptoErrorCode =
  /** The algorithm is not one of the table's, or does not fit the key. */
  | "ALGORITHM_MISMATCH"
  /** A digest of the wrong length, or a digest where only messages can be signed. */
  | "BAD_DIGEST"
  /** Key material that cannot be read: damaged, truncated, of an unknown kind. */
  | "BAD_KEY"
  /** Key material that can be read and is refused: too weak, of another curve, of another format. */
  | "KEY_REFUSED"
  /** A public key or a certificate in place of a private key. */
  | "NOT_PRIVATE_KEY"
  /** An encrypted key without a passphrase, or with the wrong one. */
  | "BAD_PASSPHRASE"
  /** A key file that others can read, or that cannot be opened. */
  | "KEY_FILE"
  /** No such key in the store. */
  | "NO_SUCH_KEY"
  /** A key id that is taken, or a key that is in the store by another id. */
  | "DUPLICATE_KEY"
  /** A key id that is too long, or has characters that ids have not. */
  | "BAD_KEY_ID"
  /** A distinguished name or an alternative name that cannot stand in a certificate. */
  | "BAD_NAME"
  /** The provider cannot run here. */
  | "PROVIDER_UNAVAILABLE"
  /** The provider failed; its own error is the `cause`. */
  | "PROVIDER_FAILED";

/** The error of everything under `src/crypto`. Its message never holds key material. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly layer = "crypto";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
