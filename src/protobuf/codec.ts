/** Codecs of messages. @module */
import type { Buffer } from "node:buffer";
import { ProtobufError } from "./errors.ts";
import { EMPTY_BYTES, type ReadMessage, WireReader } from "./reader.ts";
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

/** A writer of this thread. A message whose getter encodes another one is written by a second writer. */
class ReusedWriter {
  #idle: WireWriter | undefined = undefined;

  /** @param isShared as for `WireWriter` */
  constructor(readonly isShared: boolean) {}

  encode<I>(message: I, type: MessageType<I>): Buffer {
    const writer = this.#idle ?? new WireWriter(this.isShared);
    this.#idle = undefined;
    try {
      return writer.encode(message, type);
    } finally {
      this.#idle = writer;
    }
  }
}

const owned = new ReusedWriter(false);
const shared = new ReusedWriter(true);

/**
 * The reader of all `decodePart()` of this thread: no other code runs while it reads. It also keeps the compiled code of
 * its class, which V8 drops at a forced collection when no object of the class is alive.
 */
const partReader = new WireReader(EMPTY_BYTES, 0, 0, true);

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
    encode: (message) => owned.encode(message, type),
    encodeShared: (message) => shared.encode(message, type),
    decode: (bytes) => decode(new WireReader(bytes)),
    decodePart: (bytes, start, end) => decode(partReader.restart(bytes, start, end)),
  };
}
