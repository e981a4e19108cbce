/** Generated from proto/signer/v1/echo.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  EMPTY_BYTES,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";
import { method } from "../../../../grpc/mod.ts";

/** A `signer.v1.EchoRequest` to write: fields may be left out. */
export interface EchoRequestInit {
  readonly message?: string | undefined;
  /** Opaque bytes, for messages of a chosen size. */
  readonly payload?: Uint8Array | undefined;
}

/** A `signer.v1.EchoRequest` that was read. */
export interface EchoRequest {
  message: string;
  /** Opaque bytes, for messages of a chosen size. */
  payload: Buffer;
}

/** Writes the fields of a `signer.v1.EchoRequest` that do not have their default value. */
function writeEchoRequest(
  message: EchoRequestInit,
  writer: WireWriter,
): void {
  if (message.message !== undefined && message.message !== null && message.message !== "") {
    writer.string(10, message.message);
  }
  if (message.payload !== undefined && message.payload !== null && message.payload.length !== 0) {
    writer.bytes(18, message.payload);
  }
}

/** Reads the fields of a `signer.v1.EchoRequest`. */
function readEchoRequest(
  reader: WireReader,
  message: EchoRequest = { message: "", payload: EMPTY_BYTES },
): EchoRequest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // message = 1
        message.message = reader.string();
        break;
      case 18: // payload = 2
        message.payload = reader.bytes();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const echoRequestCodec: Codec<EchoRequestInit, EchoRequest> = codec(
  "signer.v1.EchoRequest",
  { 1: "message", 2: "payload" },
  writeEchoRequest,
  readEchoRequest,
);

/** A `signer.v1.EchoResponse` to write: fields may be left out. */
export interface EchoResponseInit {
  readonly message?: string | undefined;
  readonly payload?: Uint8Array | undefined;
}

/** A `signer.v1.EchoResponse` that was read. */
export interface EchoResponse {
  message: string;
  payload: Buffer;
}

/** Writes the fields of a `signer.v1.EchoResponse` that do not have their default value. */
function writeEchoResponse(
  message: EchoResponseInit,
  writer: WireWriter,
): void {
  if (message.message !== undefined && message.message !== null && message.message !== "") {
    writer.string(10, message.message);
  }
  if (message.payload !== undefined && message.payload !== null && message.payload.length !== 0) {
    writer.bytes(18, message.payload);
  }
}

/** Reads the fields of a `signer.v1.EchoResponse`. */
function readEchoResponse(
  reader: WireReader,
  message: EchoResponse = { message: "", payload: EMPTY_BYTES },
): EchoResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // message = 1
        message.message = reader.string();
        break;
      case 18: // payload = 2
        message.payload = reader.bytes();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const echoResponseCodec: Codec<EchoResponseInit, EchoResponse> = codec(
  "signer.v1.EchoResponse",
  { 1: "message", 2: "payload" },
  writeEchoResponse,
  readEchoResponse,
);

/** Returns the message and the payload of a request, to try or to measure a connection. */
export const echoDefinition = {
  Echo: method(
    "/signer.v1.EchoService/Echo",
    echoRequestCodec,
    echoResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "echo",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
};
