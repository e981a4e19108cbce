/** Errors of files of tokens and rules. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** A file of tokens or rules that cannot be used. The message names the line, and never a token. */
export class AccessError extends Error implements LayerError<"access"> {
  override readonly name = "AccessError";
  readonly layer = "access";
  readonly code: ErrorCodes["access"];

  constructor(code: ErrorCodes["access"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
