/** The Huffman code of HPACK (RFC 7541 section 5.2). @module */
import { codeLengths, codes } from "./_huffman_code.ts";
import { accepting, EMITS, FAILS, NEXT_SHIFT, transitions } from "./_huffman_states.ts";

/** Octets of a string in Huffman code (RFC 7541 section 5.2). `text` has one octet a char. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += codeLengths[text.charCodeAt(i)];
  return (bits + 7) >>> 3;
}

/**
 * Writes `text`, which has one octet a char, in Huffman code at `at`, padded with the first bits of EOS (RFC 7541
 * section 5.2). There has to be room for `huffmanLength(text)` octets.
 *
 * @returns the end of the string
 */
export function encodeHuffman(text: string, bytes: Uint8Array, at: number): number {
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    let length = codeLengths[symbol];
    const code = codes[symbol];
    // At most 7 bits are left over, so 32 bits have room for 25 more; the longest code has 30.
    if (length > 24) {
      length -= 16;
      held = (held << length) | (code >>> 16);
      bits += length;
      while (bits >= 8) bytes[at++] = held >>> (bits -= 8);
      length = 16;
      held = (held << 16) | (code & 0xffff);
    } else {
      held = (held << length) | code;
    }
    bits += length;
    while (bits >= 8) bytes[at++] = held >>> (bits -= 8);
  }
  if (bits > 0) bytes[at++] = (held << (8 - bits)) | (0xff >>> bits);
  return at;
}

/**
 * Decodes the Huffman code from `at` to `end` into `target`, which has room for 8/5 of its octets.
 *
 * @returns the octets written, or -1 for an invalid code: EOS in the string, or padding that is longer than 7 bits or not
 *   all ones (RFC 7541 section 5.2)
 */
export function decodeHuffman(
  bytes: Uint8Array,
  at: number,
  end: number,
  target: Uint8Array,
): number {
  let written = 0;
  let state = 0;
  for (; at < end; at++) {
    const octet = bytes[at];
    let next = transitions[(state << 4) | (octet >>> 4)];
    if (next === FAILS) return -1;
    if ((next & EMITS) !== 0) target[written++] = next;
    next = transitions[((next >>> NEXT_SHIFT) << 4) | (octet & 15)];
    if (next === FAILS) return -1;
    if ((next & EMITS) !== 0) target[written++] = next;
    state = next >>> NEXT_SHIFT;
  }
  return accepting[state] === 1 ? written : -1;
}
