/** The check of messages whose type is not known. @module */
import assert from "node:assert/strict";
import { checkFormat, ProtobufError, type ProtobufErrorCode } from "../../src/protobuf/mod.ts";

function check(hex: string, before = 0, after = 0): void {
  const message = Uint8Array.fromHex(hex.replaceAll(" ", ""));
  const bytes = new Uint8Array(before + message.length + after).fill(0xff);
  bytes.set(message, before);
  checkFormat(bytes, before, before + message.length);
}

Deno.test("`checkFormat()` accepts fields of every wire type, anywhere in a buffer", () => {
  const messages = [
    "",
    "0a 00",
    "0a 05 68656c6c6f",
    "0a 01 61 12 02 6262 7a 00",
    "08 96 01",
    "0a 01 61 10 01 1a 01 62",
    "09 0102030405060708 15 01020304",
    "9b 06 08 01 9c 06",
    // A field number of two bytes, and a length of two bytes.
    "82 01 01 61",
    "0a 81 01" + "61".repeat(129),
  ];
  for (const message of messages) {
    check(message);
    check(message, 3, 5);
  }
});

Deno.test("`checkFormat()` refuses bytes that are not fields", () => {
  const messages: [string, ProtobufErrorCode][] = [
    ["0a", "TRUNCATED"],
    ["0a 05 6865", "TRUNCATED"],
    ["0a 01 61 0a 02 61", "TRUNCATED"],
    ["0a ff ff ff ff 07", "TRUNCATED"],
    ["08", "TRUNCATED"],
    ["08 80", "TRUNCATED"],
    ["0d 010203", "TRUNCATED"],
    ["02 01 61", "INVALID_TAG"],
    ["00 00", "INVALID_TAG"],
    ["0f 00", "INVALID_TAG"],
    ["0c", "INVALID_TAG"],
    ["9b 06 08 01", "TRUNCATED"],
    ["08" + "ff".repeat(10) + "01", "INVALID_VARINT"],
  ];
  for (const [message, code] of messages) {
    const refused = (error: unknown) => error instanceof ProtobufError && error.code === code;
    assert.throws(() => check(message), refused, message);
    // The bytes after the message do not complete it.
    assert.throws(() => check(message, 2, 20), refused, message);
  }
});
