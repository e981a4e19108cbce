/**
 * Base64 from bytes to bytes (RFC 4648). The platform's functions use strings, which cannot be overwritten
 * after they have held a key.
 *
 * @module
 */

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PADDING = "=".charCodeAt(0);

const alphabets = {
  base64: new TextEncoder().encode(`${digits}+/`),
  base64url: new TextEncoder().encode(`${digits}-_`),
};

/** Encodes as base64 with padding (section 4), or as base64url without (section 5, as JWK wants it). */
export function encodeBase64(bytes: Uint8Array, variant: "base64" | "base64url"): Uint8Array {
  const alphabet = alphabets[variant];
  const size = Math.ceil(bytes.length * 4 / 3);
  const output = new Uint8Array(variant === "base64" ? Math.ceil(size / 4) * 4 : size).fill(
    PADDING,
  );
  let [bits, count, end] = [0, 0, 0];
  for (const byte of bytes) {
    bits = (bits << 8 | byte) & 0xffff;
    for (count += 8; count >= 6; count -= 6) output[end++] = alphabet[bits >> (count - 6) & 0x3f];
  }
  if (count > 0) output[end] = alphabet[bits << (6 - count) & 0x3f];
  return output;
}

/** The value of each byte in base64; 64 for white space, 255 for every other byte. */
const values = new Uint8Array(256).fill(255);
alphabets.base64.forEach((character, value) => values[character] = value);
for (const space of " \t\r\n") values[space.charCodeAt(0)] = 64;

/**
 * Decodes base64 with padding, ignoring white space, as PEM has it (RFC 7468 section 3).
 *
 * @returns undefined for bytes that are not base64, or are truncated
 */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  const output = new Uint8Array(Math.floor(text.length * 3 / 4));
  const length = decodeInto(output, text);
  if (length !== undefined) return output.subarray(0, length);
  output.fill(0);
  return undefined;
}

function decodeInto(output: Uint8Array, text: Uint8Array): number | undefined {
  let [bits, count, end, characters, padding] = [0, 0, 0, 0, 0];
  for (const character of text) {
    const value = values[character];
    if (value === 64) continue;
    characters++;
    if (character === PADDING) {
      padding++;
      continue;
    }
    if (value === 255 || padding > 0) return undefined;
    bits = (bits << 6 | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    output[end++] = bits >> count & 0xff;
  }
  return characters % 4 === 0 && padding <= 2 ? end : undefined;
}
