/** Requests of attacks, in bytes. @module */
import { gzipSync } from "node:zlib";
import { frame, FrameFlag, FrameType, headers, join } from "../http2/_frames.ts";
import { requestFields } from "../grpc/native/_raw_client.ts";
import { framed } from "../_support/framed.ts";

/** Bytes of the largest accepted message. */
export const MAX_MESSAGE = 4 * 1024 * 1024;

/** The paths of methods that attacks call. */
export const paths = {
  echo: "/signer.v1.EchoService/Echo",
  sign: "/signer.v1.SigningService/Sign",
  signBatch: "/signer.v1.SigningService/SignBatch",
  signStream: "/signer.v1.SigningService/SignStream",
  healthCheck: "/grpc.health.v1.Health/Check",
  healthWatch: "/grpc.health.v1.Health/Watch",
  reflection: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
} as const;

/** Stream numbers of a client (RFC 9113 section 5.1.1). */
export const streamId = (i: number) => 2 * i + 1;

/** Returns HEADERS of a call that stays open. */
export function openCall(path: string, id: number, ...extra: string[]): Uint8Array {
  return headers(id, requestFields(path, extra), 0);
}

/** Returns HEADERS of a call whose messages are compressed with gzip. */
export function openGzipCall(path: string, id: number): Uint8Array {
  return openCall(path, id, "grpc-encoding", "gzip");
}

/** Returns a message compressed with gzip, with its prefix. */
export function gzipped(message: Uint8Array): Uint8Array {
  return framed(Uint8Array.from(gzipSync(message, { level: 9 })), 1);
}

/** Returns DATA frames with some bytes. */
export function dataFrames(id: number, bytes: Uint8Array, endStream = false): Uint8Array {
  const pieces = [];
  for (let at = 0; at < bytes.length || at === 0; at += 16_384) {
    const piece = bytes.subarray(at, at + 16_384);
    const last = endStream && at + piece.length === bytes.length;
    pieces.push(frame(FrameType.DATA, last ? FrameFlag.END_STREAM : 0, id, piece));
  }
  return join(...pieces);
}

/** Returns a message with one length-delimited field, number 1 to 15. */
export function field(number: number, value: Uint8Array): Uint8Array {
  const length = [];
  for (let rest = value.length; rest > 0 || length.length === 0; rest >>>= 7) {
    length.push(rest > 127 ? rest & 127 | 128 : rest);
  }
  return join(Uint8Array.of(number << 3 | 2, ...length), value);
}

/** An Echo request of nearly the maximum size, with zeros in `payload`. */
export const largeEcho = field(2, new Uint8Array(MAX_MESSAGE - 16));
