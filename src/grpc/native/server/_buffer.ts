import { Buffer } from "node:buffer";

/** The same bytes as the class that deserializers of grpc-js and proto-loader ask for, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
