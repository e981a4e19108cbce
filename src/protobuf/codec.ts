import type { Buffer } from "node:buffer";
import { ProtobufError } from "./errors.ts";
import { type ReadMessage, WireReader } from "./reader.ts";
import { WireWriter, type WriteMessage } from "./writer.ts";

/** Messages of one type as bytes: `I` is what may be given, `O` what is got. */
export interface Codec<I, O> {
  /** The type's full name, such as `signer.v1.SignRequest`. */
  readonly name: string;
  /** @throws {ProtobufError} when a field's value is not of its type */
  encode(message: I): Buffer;
  /**
   * Fields of bytes are views of what is read.
   *
   * @throws {ProtobufError} when the bytes are no such message
   */
  decode(bytes: Uint8Array): O;
}

/** The writer of this thread, but while it writes. */
let idle: WireWriter | undefined;

/** A codec out of what writes and reads a message's fields. */
export function codec<I, O>(
  name: string,
  write: WriteMessage<I>,
  read: ReadMessage<O>,
): Codec<I, O> {
  return {
    name,
    encode(message) {
      if (typeof message !== "object" || message === null || Array.isArray(message)) {
        throw new ProtobufError("INVALID_VALUE", `A message ${name} must be given as an object`);
      }
      const writer = idle ?? new WireWriter();
      idle = undefined;
      try {
        return writer.encode(message, write);
      } finally {
        idle = writer;
      }
    },
    decode: (bytes) => read(new WireReader(bytes)),
  };
}
