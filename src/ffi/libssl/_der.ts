/** Objects of OpenSSL in DER. @module */

/** A function i2d_TYPE (d2i_X509(3ossl)). */
type Encoder = (object: Deno.PointerValue, out: BigUint64Array<ArrayBuffer> | null) => number;

/** Encodes an object in DER. */
export function encodeDer(encode: Encoder, object: Deno.PointerValue): Uint8Array {
  const der = new Uint8Array(encode(object, null));
  // The function advances a pointer to the bytes.
  const at = new BigUint64Array([BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(der)))]);
  encode(object, at);
  return der;
}
