import { clearErrorQueue, expectPointer, failure } from "./errors.ts";
import type { Symbols } from "./symbols.ts";

/** A d2i function: reads a structure, and moves the pointer behind what it read. */
type Decode = (
  reuse: Deno.PointerValue,
  cursor: BigUint64Array,
  length: bigint,
) => Deno.PointerValue;

/** An i2d function: gives the length; with a pointer also writes there, and moves it on. */
type Encode = (from: Deno.PointerValue, cursor: BigUint64Array | null) => number;

/**
 * Reads one DER structure that fills `der` to its end.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_FAILED`, also for bytes behind the structure
 */
export function decodeDer(
  symbols: Symbols,
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

/** Writes a structure as DER into a buffer of its own: libcrypto keeps no copy. */
export function encodeDer(
  symbols: Symbols,
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

/** Where a buffer starts. Its caller keeps the buffer alive for as long as libcrypto uses that. */
function addressOf(bytes: Uint8Array): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
