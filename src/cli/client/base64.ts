/** Bytes in standard base64 with padding. */
export function printBytes(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * Bytes of standard or URL-safe base64, padded or not.
 *
 * @throws {SyntaxError}
 */
export function parseBytes(text: string): Uint8Array {
  return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
