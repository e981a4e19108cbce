/** Octets of an integer after the prefix: four allow values up to about 2^28. */
const MAX_CONTINUATION = 4;

/**
 * Reads integers (RFC 7541 section 5.1): the value is returned, and `end` is its end. One object serves a whole thread, so
 * that reading allocates nothing.
 *
 *       0   1   2   3   4   5   6   7
 *     +---+---+---+---+---+---+---+---+
 *     | ? | ? | ? | 1   1   1   1   1 |   a prefix of 5 bits that is full,
 *     +---+---+---+-------------------+
 *     | 1 |    low 7 bits of the rest |   then 7 bits an octet, lowest first
 *     +---+---------------------------+
 */
export class IntegerReader {
  end = 0;

  /**
   * Reads an integer at `at`; `mask` has the bits of the prefix.
   *
   * @returns the value, or -1 when it does not end before `limit` or is longer than five octets
   */
  read(bytes: Uint8Array, at: number, limit: number, mask: number): number {
    let value = bytes[at++] & mask;
    if (value === mask) {
      let shift = 0;
      for (;;) {
        if (at >= limit || shift === 7 * MAX_CONTINUATION) return -1;
        const octet = bytes[at++];
        value += (octet & 0x7f) * 2 ** shift;
        if (octet < 0x80) break;
        shift += 7;
      }
    }
    this.end = at;
    return value;
  }
}

/** Octets that `writeInteger()` needs at most, for values below 2^28. */
export const MAX_INTEGER_LENGTH = 1 + MAX_CONTINUATION;

/**
 * Writes an integer (RFC 7541 section 5.1) at `at`; `pattern` has the bits above the prefix, and `mask`
 * those of the prefix.
 *
 * @returns the end of the integer
 */
export function writeInteger(
  value: number,
  pattern: number,
  mask: number,
  bytes: Uint8Array,
  at: number,
): number {
  if (value < mask) {
    bytes[at++] = pattern | value;
    return at;
  }
  bytes[at++] = pattern | mask;
  value -= mask;
  while (value >= 0x80) {
    bytes[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}
