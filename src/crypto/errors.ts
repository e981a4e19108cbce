/** Errors of keys and signatures. @module */

import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** The code of a CryptoError. */
export type CryptoErrorCode = Exclude<ErrorCodes["crypto"], "BAD_DER">;

/** The error of everything under `src/crypto`. Its message never holds key material. */
export class CryptoError extends Error implements LayerError<"crypto"> {
  override readonly name = "CryptoError";
  readonly layer = "crypto";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
