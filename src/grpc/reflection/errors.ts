/**
 * Codes of a {@link ReflectionError}:
 *
 * - `BAD_DESCRIPTORS`: descriptors that contradict each other, or lack a file or a type
 * - `BAD_SOURCE`: a `.proto` file that cannot be read or parsed
 * - `BAD_JSON`: JSON that does not fit the message
 * - `BAD_MESSAGE`: a message that has no JSON form
 * - `UNKNOWN_SYMBOL`: a name that the server does not describe
 * - `NO_REFLECTION`: a server without a reflection service
 * - `TOO_LARGE`: more descriptors than the limits allow
 */
export type ReflectionErrorCode =
  | "BAD_DESCRIPTORS"
  | "BAD_SOURCE"
  | "BAD_JSON"
  | "BAD_MESSAGE"
  | "UNKNOWN_SYMBOL"
  | "NO_REFLECTION"
  | "TOO_LARGE";

/** A failure to find, read or use descriptors. The message may quote the peer, unescaped. */
export class ReflectionError extends Error {
  override readonly name = "ReflectionError";
  readonly layer = "reflection";
  readonly code: ReflectionErrorCode;
  /** The gRPC status that a reflection service gave as the reason, where it gave one. */
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
