/** The check of a message whose type is not known. @module */
import { WireReader } from "./reader.ts";
import { WireType } from "./wire_type.ts";

/** The bit of a byte of a varint that is not its last. */
const CONTINUES = 0x80;

/**
 * Checks that the bytes from `start` to `end` are fields of protobuf's wire format, as every message is. Strings and
 * nested messages are not checked: on the wire they are bytes with a length.
 *
 * @throws {ProtobufError}
 */
export function checkFormat(bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  // Fields of bytes whose tag and length take one byte each need no reader.
  while (at + 1 < end) {
    const tag = bytes[at];
    const length = bytes[at + 1];
    if ((tag & (CONTINUES | 7)) !== WireType.LENGTH_DELIMITED || tag < 8) break;
    if ((length & CONTINUES) !== 0 || length > end - at - 2) break;
    at += 2 + length;
  }
  if (at === end) return;
  const reader = new WireReader(bytes, at, end);
  while (reader.more()) reader.skip(reader.tag());
}
