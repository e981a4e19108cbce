/** The layout of a field's value: the low three bits of its tag. */
export const WireType = {
  VARINT: 0,
  FIXED64: 1,
  /** A length and that number of bytes: strings, bytes, messages, packed lists. */
  LENGTH_DELIMITED: 2,
  START_GROUP: 3,
  END_GROUP: 4,
  FIXED32: 5,
} as const;
