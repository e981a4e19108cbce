import { Buffer } from "node:buffer";

/** The same bytes as the class that serializers of grpc-js and proto-loader ask for, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
