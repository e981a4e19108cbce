import { Buffer } from "node:buffer";

/** Length up to which a string is made faster char by char than by a native call. */
const SHORT = 8;

/** The octets from `at` to `end` as a string of one char each (ISO 8859-1). */
export function octetString(bytes: Uint8Array, at: number, end: number): string {
  if (end - at > SHORT) return Buffer.prototype.toString.call(bytes, "latin1", at, end);
  let text = "";
  while (at < end) text += String.fromCharCode(bytes[at++]);
  return text;
}

/** Writes a string with one octet a char at `at`, and returns its end. */
export function writeOctets(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}
