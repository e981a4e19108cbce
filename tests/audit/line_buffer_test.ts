/** Lines of the audit log as bytes. @module */
import assert from "node:assert/strict";
import { LineBuffer } from "../../src/audit/line_buffer.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("`addString()` writes strings as JSON, without characters that a terminal takes for commands", () => {
  const strings = [
    "",
    "plain",
    'quo"te',
    "back\\slash",
    "\n\u0000\u007f",
    "\u009b2J\u202e\u2028\u2029\u2066",
    "é € 😀",
    "\ud800",
    "x".repeat(50_000),
  ];
  for (const string of strings) {
    const lines = new LineBuffer();
    lines.addString(string);
    const written = text(lines.end());
    assert.equal(JSON.parse(written), string);
    assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202e\u2066]/u.test(written), written);
  }
});

Deno.test("Bytes and integers are written in hexadecimal and in decimal", () => {
  const lines = new LineBuffer();
  lines.addHex(Uint8Array.of(0, 9, 0xab, 255));
  lines.addInteger(1_234_567_890);
  lines.addInteger(0);
  assert.equal(text(lines.end()), "0009abff12345678900");
});

Deno.test("`replace()` rewrites the line that is being written alone", () => {
  const lines = new LineBuffer();
  lines.addText("first");
  lines.end();
  lines.addText("second");
  lines.replace((line) => `${line}, signed`);
  assert.equal(text(lines.end()), "second, signed");
  assert.equal(text(lines.lines(false)), "first\nsecond, signed\n");
  assert.equal(text(lines.lines(true)), "\nfirst\nsecond, signed\n");
});

// After a write that the disk had no room for, the chain goes on from the last line that is whole there.
Deno.test("`linesWithin()` finds the lines that a write of so many bytes has put down whole", () => {
  const lines = new LineBuffer();
  for (const line of ["one", "three"]) {
    lines.addText(line);
    lines.end();
  }
  const found = (size: number) => {
    const { count, last, end } = lines.linesWithin(size);
    return [count, count === 0 ? "" : text(last), end];
  };
  assert.deepEqual(found(-1), [0, "", 0]);
  assert.deepEqual(found(3), [0, "", 0]);
  assert.deepEqual(found(4), [1, "one", 4]);
  assert.deepEqual(found(9), [1, "one", 4]);
  assert.deepEqual(found(10), [2, "three", 10]);
  lines.clear();
  assert.deepEqual(found(10), [0, "", 0]);
});
