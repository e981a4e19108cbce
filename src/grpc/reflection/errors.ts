import type { ErrorCodes, LayerError } from "../../errors/mod.ts";

/** The code of a ReflectionError. */
export type ReflectionErrorCode = ErrorCodes["reflection"];

/** A failure to find, read or use descriptors. The message may quote the peer, unescaped. */
export class ReflectionError extends Error implements LayerError<"reflection"> {
  override readonly name = "ReflectionError";
  readonly layer = "reflection";
  readonly code: ReflectionErrorCode;
  /** The gRPC status in the error response of a reflection service, if it sent one. */
  readonly status: number | undefined;

  constructor(
    code: ReflectionErrorCode,
    message: string,
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(message, options);
    this.code = code;
    this.status = options?.status;
  }
}
