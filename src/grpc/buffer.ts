/** Conversion of bytes to the Buffer of Node.js. @module */
import { Buffer } from "node:buffer";

/** Returns a Buffer of the same bytes without a copy: the type that grpc-js and proto-loader expect. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
