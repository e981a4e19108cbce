/** Codecs of messages. @module */
import type { Buffer } from "node:buffer";
import { ProtobufError } from "./errors.ts";
import { type ReadMessage, WireReader } from "./reader.ts";
import { type MessageType, WireWriter, type WriteMessage } from "./writer.ts";

/** Encodes and decodes messages of one type: the writer takes `I`, and the reader returns `O`. */
export interface Codec<I, O> extends MessageType<I> {
  /** Reads the fields of a message that is within another. */
  read(reader: WireReader, into?: O): O;
  /** @throws {ProtobufError} `INVALID_VALUE`, naming the message and the field */
  encode(message: I): Buffer;
  /** Encodes as `encode()`, to memory that the next call writes over, of any codec of this thread. */
  encodeShared(message: I): Buffer;
  /**
   * Decodes a message. Fields of bytes are views of `bytes`.
   *
   * @throws {ProtobufError} when `bytes` is not such a message
   */
  decode(bytes: Uint8Array): O;
  /**
   * Decodes the message in a part of `bytes`. Fields of bytes are copies, so the memory can be used again.
   *
   * @throws {ProtobufError} as `decode()`
   */
  decodePart(bytes: Uint8Array, start: number, end: number): O;
}

/** The writers of this thread, except while they write. */
let idle: WireWriter | undefined;
let idleShared: WireWriter | undefined;

/** Returns the codec of a message type. */
export function codec<I, O>(
  name: string,
  fields: Readonly<Record<number, string>>,
  write: WriteMessage<I>,
  read: ReadMessage<O>,
): Codec<I, O> {
  const type: MessageType<I> = { name, fields, write };
  const decode = (reader: WireReader): O => {
    try {
      return read(reader);
    } catch (cause) {
      if (!(cause instanceof ProtobufError)) throw cause;
      throw new ProtobufError(cause.code, `${name}: ${cause.message}`, { cause });
    }
  };
  return {
    ...type,
    read,
    encode(message) {
      const writer = idle ?? new WireWriter();
      idle = undefined;
      try {
        return writer.encode(message, type);
      } finally {
        idle = writer;
      }
    },
    encodeShared(message) {
      const writer = idleShared ?? new WireWriter(true);
      idleShared = undefined;
      try {
        return writer.encode(message, type);
      } finally {
        idleShared = writer;
      }
    },
    decode: (bytes) => decode(new WireReader(bytes)),
    decodePart: (bytes, start, end) => decode(new WireReader(bytes, start, end, true)),
  };
}
