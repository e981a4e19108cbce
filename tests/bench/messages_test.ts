import assert from "node:assert/strict";
import { Messages } from "../../src/bench/load/messages.ts";

Deno.test("a bounded number of different error messages is kept", () => {
  const messages = new Messages();
  for (let i = 0; i < 1000; i++) messages.add(14, `Try again in ${i} ms`);
  const list = messages.list();
  assert.equal(list.length, 21);
  assert.deepEqual(list[0], ["Other messages", 980]);
  assert.equal(list.reduce((sum, [, count]) => sum + count, 0), 1000);
});

Deno.test("messages are truncated, and their control characters escaped", () => {
  const messages = new Messages();
  messages.add(2, `\x1b[2J${"x".repeat(1000)}`);
  const [[text]] = messages.list();
  assert.ok(text.startsWith("UNKNOWN: \ufffd[2Jxxx"));
  assert.equal(text.length, 300);
});

Deno.test("messages of several threads are added, the most frequent first", () => {
  const messages = new Messages();
  messages.addAll([["A", 1], ["B", 2]]);
  messages.addAll([["A", 3]]);
  assert.deepEqual(messages.list(), [["A", 4], ["B", 2]]);
});
