/**
 * Strict UTF-8 in plain JavaScript (RFC 3629, Unicode 17 table 3-7): for strings so short that a call out
 * of JavaScript takes longer than the string itself.
 *
 * @module
 */

/** The result of a sequence that is not UTF-8. */
const INVALID = -1;

/** The length of the sequence that the last `codePointAt()` read. Kept here, as a pair would be an object. */
let sequenceLength = 0;

/** Decodes the bytes from `start` to `end`; undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start; at < end;) {
    const byte = bytes[at];
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      at++;
      continue;
    }
    const codePoint = codePointAt(bytes, at, end);
    if (codePoint === INVALID) return undefined;
    text += String.fromCodePoint(codePoint);
    at += sequenceLength;
  }
  return text;
}

/** Returns true if the bytes from `start` to `end` are UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end;) {
    if (bytes[at] < 0x80) {
      at++;
      continue;
    }
    if (codePointAt(bytes, at, end) === INVALID) return false;
    at += sequenceLength;
  }
  return true;
}

/**
 * Reads a sequence of several bytes. The second byte's range depends on the first: it excludes overlong
 * forms, surrogates, and code points over U+10FFFF.
 */
function codePointAt(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  let length = 2;
  let low = 0x80;
  let high = 0xbf;
  let codePoint = lead & 0x1f;
  if (lead < 0xc2 || lead > 0xf4) return INVALID;
  if (lead >= 0xf0) {
    length = 4;
    codePoint = lead & 0x07;
    if (lead === 0xf0) low = 0x90;
    else if (lead === 0xf4) high = 0x8f;
  } else if (lead >= 0xe0) {
    length = 3;
    codePoint = lead & 0x0f;
    if (lead === 0xe0) low = 0xa0;
    else if (lead === 0xed) high = 0x9f;
  }
  if (end - at < length) return INVALID;
  const second = bytes[at + 1];
  if (second < low || second > high) return INVALID;
  codePoint = codePoint << 6 | second & 0x3f;
  for (let i = 2; i < length; i++) {
    const byte = bytes[at + i];
    if ((byte & 0xc0) !== 0x80) return INVALID;
    codePoint = codePoint << 6 | byte & 0x3f;
  }
  sequenceLength = length;
  return codePoint;
}
