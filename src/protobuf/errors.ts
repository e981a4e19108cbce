/** The error of messages on the wire. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** The code of a ProtobufError. */
export type ProtobufErrorCode = ErrorCodes["protobuf"];

/** A message that cannot be read or written. */
export class ProtobufError extends Error implements LayerError<"protobuf"> {
  override readonly name = "ProtobufError";
  readonly layer = "protobuf";

  constructor(readonly code: ProtobufErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
