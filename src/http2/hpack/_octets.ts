import { Buffer } from "node:buffer";

/** Strings up to this length are made faster char by char than by a call out of JavaScript. */
const SHORT = 8;

/** The octets from `at` to `end` as a string of one char each (ISO 8859-1). */
export function octetString(bytes: Uint8Array, at: number, end: number): string {
  if (end - at > SHORT) return Buffer.prototype.toString.call(bytes, "latin1", at, end);
  let text = "";
  while (at < end) text += String.fromCharCode(bytes[at++]);
  return text;
}

/** Writes a string of one octet a char at `at`, and returns where it ends. */
export function writeOctets(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}
