import assert from "node:assert/strict";
import { HiddenLine, MAX_PASSPHRASE_BYTES } from "../../src/cli/passphrase/hidden_line.ts";

/** Types text into a line. Returns the line's state, the number of bytes read, and its content. */
function type(text: string): { state: string; taken: number; line: string } {
  using line = new HiddenLine();
  const fed = line.feed(new TextEncoder().encode(text));
  return { ...fed, line: new TextDecoder().decode(line.bytes()) };
}

Deno.test("`HiddenLine` ends at Enter and does not read further", () => {
  assert.deepEqual(type("abc\rnext"), { state: "done", taken: 4, line: "abc" });
  assert.deepEqual(type("abc\nnext"), { state: "done", taken: 4, line: "abc" });
});

Deno.test("`HiddenLine` is incomplete without Enter", () => {
  assert.deepEqual(type("abc"), { state: "more", taken: 3, line: "abc" });
});

Deno.test("`HiddenLine` joins a line that arrives in pieces", () => {
  using line = new HiddenLine();
  assert.equal(line.feed(Uint8Array.of(0xc3)).state, "more");
  assert.equal(line.feed(Uint8Array.of(0xa9, 0x0d)).state, "done");
  assert.equal(new TextDecoder().decode(line.bytes()), "é");
});

Deno.test("Backspace deletes a character, not a byte", () => {
  assert.equal(type("aé\x7f\r").line, "a");
  assert.equal(type("a😀\x08b\r").line, "ab");
});

Deno.test("Backspace has no effect at the start of a line", () => {
  assert.equal(type("\x7f\x7fab\r").line, "ab");
});

Deno.test("Ctrl-U deletes the line", () => {
  assert.equal(type("wrong\x15right\r").line, "right");
});

Deno.test("Ctrl-C cancels the input", () => {
  assert.equal(type("abc\x03").state, "interrupted");
});

Deno.test("Ctrl-D is the end of the input on an empty line, and Enter on any other", () => {
  assert.equal(type("\x04").state, "ended");
  assert.deepEqual(type("abc\x04"), { state: "done", taken: 4, line: "abc" });
});

Deno.test("`HiddenLine` rejects a line of more than 1,024 bytes", () => {
  assert.equal(type("x".repeat(MAX_PASSPHRASE_BYTES) + "\r").state, "done");
  assert.equal(type("x".repeat(MAX_PASSPHRASE_BYTES + 1)).state, "too-long");
});

Deno.test("`HiddenLine` zeroes its bytes when it is disposed of", () => {
  const line = new HiddenLine();
  line.feed(new TextEncoder().encode("secret"));
  line[Symbol.dispose]();
  assert.equal(line.bytes().length, 0);
});
