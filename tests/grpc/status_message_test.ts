import assert from "node:assert/strict";
import { decodeStatusMessage, encodeStatusMessage } from "../../src/grpc/status_message.ts";

Deno.test("Any status message survives encoding and decoding", () => {
  const messages = [
    "",
    "plain text, with: signs!",
    "100%",
    "%41 is not A",
    "\t\r\n\0\x7f",
    " at its ends ",
    "ünïcödé ☃ 𝄞",
  ];
  for (const message of messages) {
    const encoded = encodeStatusMessage(message);
    assert.match(encoded, /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/);
    assert.equal(decodeStatusMessage(encoded), message);
  }
  assert.equal(encodeStatusMessage("a b"), "a b");
});

Deno.test("`decodeStatusMessage()` keeps malformed escapes", () => {
  assert.equal(decodeStatusMessage("50% off"), "50% off");
  assert.equal(decodeStatusMessage("%zz%4"), "%zz%4");
  assert.equal(decodeStatusMessage("%ff"), "\ufffd");
  assert.equal(decodeStatusMessage("%e2%98%83%"), "☃%");
});
