/** libcrypto's d2i and i2d functions (d2i_X509(3ossl)). @module */
import { clearErrorQueue, type ErrorQueue } from "../_error_queue.ts";
import { expectPointer, failure } from "./errors.ts";

/** A d2i function: reads a structure, and advances the pointer past it. */
type Decode = (
  reuse: Deno.PointerValue,
  cursor: BigUint64Array,
  length: bigint,
) => Deno.PointerValue;

/** An i2d function: returns the length, writes to the pointer if there is one, and advances it. */
type Encode = (from: Deno.PointerValue, cursor: BigUint64Array | null) => number;

/**
 * Decodes a DER structure that takes all of `der`.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_FAILED`, also for bytes after the structure
 */
export function decodeDer(
  symbols: ErrorQueue,
  name: string,
  decode: Decode,
  free: (pointer: Deno.PointerObject) => void,
  der: Uint8Array,
): Deno.PointerObject {
  clearErrorQueue(symbols);
  const start = addressOf(der);
  const cursor = new BigUint64Array([start]);
  const pointer = expectPointer(symbols, name, decode(null, cursor, BigInt(der.length)));
  if (cursor[0] - start !== BigInt(der.length)) {
    free(pointer);
    throw failure(symbols, `${name} on ${der.length} bytes, of which it read fewer,`);
  }
  return pointer;
}

/** Encodes a structure as DER in a new buffer. libcrypto keeps no copy. */
export function encodeDer(
  symbols: ErrorQueue,
  name: string,
  encode: Encode,
  from: Deno.PointerObject,
): Uint8Array {
  clearErrorQueue(symbols);
  const length = encode(from, null);
  if (length <= 0) throw failure(symbols, name);
  const der = new Uint8Array(length);
  if (encode(from, new BigUint64Array([addressOf(der)])) !== length) throw failure(symbols, name);
  return der;
}

/** The address of a buffer, which the caller keeps alive while libcrypto uses the address. */
export function addressOf(bytes: Uint8Array): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
