/**
 * What is wrong with bytes that are to be a message, or with a message that is to be bytes:
 *
 * - `TRUNCATED`: the bytes end, or a nested message does, within a field;
 * - `INVALID_TAG`: a field has the number 0, a wire type that there is none of, or ends a group that was
 *   not begun;
 * - `INVALID_VARINT`: a number goes on for longer than 64 bits take, a tag or a length than 32;
 * - `INVALID_UTF8`: a string is not UTF-8;
 * - `TOO_DEEP`, `TOO_MANY`: messages are nested too deeply, or there are too many;
 * - `INVALID_VALUE`: a field of a message to be written has a value that is not of its type.
 */
export type ProtobufErrorCode =
  | "TRUNCATED"
  | "INVALID_TAG"
  | "INVALID_VARINT"
  | "INVALID_UTF8"
  | "TOO_DEEP"
  | "TOO_MANY"
  | "INVALID_VALUE";

/** A message that cannot be read or written. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";

  constructor(readonly code: ProtobufErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
