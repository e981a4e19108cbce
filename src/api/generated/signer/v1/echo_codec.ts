/** Generated from proto/signer/v1/echo.proto by `deno task proto`. @module */
import type { EchoRequest, EchoRequest__Output } from "./EchoRequest.ts";
import type { EchoResponse, EchoResponse__Output } from "./EchoResponse.ts";
import type { EchoServiceDefinition } from "./EchoService.ts";
import {
  type Codec,
  codec,
  EMPTY_BYTES,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";
import { method } from "../../../../grpc/mod.ts";

/** Writes the fields of a `signer.v1.EchoRequest`, but those that have their default value. */
export function writeEchoRequest(
  message: EchoRequest,
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
export function readEchoRequest(
  reader: WireReader,
  message: EchoRequest__Output = { message: "", payload: EMPTY_BYTES },
): EchoRequest__Output {
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

export const echoRequestCodec: Codec<EchoRequest, EchoRequest__Output> = codec(
  "signer.v1.EchoRequest",
  writeEchoRequest,
  readEchoRequest,
);

/** Writes the fields of a `signer.v1.EchoResponse`, but those that have their default value. */
export function writeEchoResponse(
  message: EchoResponse,
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
export function readEchoResponse(
  reader: WireReader,
  message: EchoResponse__Output = { message: "", payload: EMPTY_BYTES },
): EchoResponse__Output {
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

export const echoResponseCodec: Codec<EchoResponse, EchoResponse__Output> = codec(
  "signer.v1.EchoResponse",
  writeEchoResponse,
  readEchoResponse,
);

export const echoService: EchoServiceDefinition = {
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
