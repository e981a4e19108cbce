/** Errors of the audit log. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

export type AuditErrorCode = ErrorCodes["audit"];

export class AuditError extends Error implements LayerError<"audit"> {
  override readonly name = "AuditError";
  readonly layer = "audit";
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
