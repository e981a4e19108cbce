/** Reads bytes from hexadecimal digits; white space is ignored. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.fromHex(digits.replace(/\s/g, ""));
}
