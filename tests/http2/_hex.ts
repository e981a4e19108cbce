/** Bytes from hexadecimal digits, white space ignored. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.fromHex(digits.replace(/\s/g, ""));
}
