/** The buffer of unsent bytes, and its pool. @module */
import assert from "node:assert/strict";
import { OutputBuffer } from "../../src/http2/output_buffer.ts";
import { generator } from "./_random.ts";

function append(output: OutputBuffer, bytes: Uint8Array): void {
  const at = output.reserve(bytes.length);
  output.bytes.set(bytes, at);
  output.end = at + bytes.length;
}

Deno.test("bytes leave in the order in which they were appended, in pieces of any size", () => {
  const random = generator(4);
  const output = new OutputBuffer();
  let [written, read] = [0, 0];
  for (let round = 0; round < 2_000; round++) {
    const bytes = Uint8Array.from({ length: random(3_000) }, () => written++ & 255);
    append(output, bytes);
    const size = random(output.length + 1);
    for (const octet of output.view().subarray(0, size)) assert.equal(octet, read++ & 255);
    output.consume(size);
  }
  assert.equal(output.length, written - read);
});

Deno.test("an empty output holds no memory", () => {
  const output = new OutputBuffer();
  assert.equal(output.bytes.length, 0);
  append(output, new Uint8Array(100_000));
  output.consume(99_999);
  assert.ok(output.bytes.length >= 100_000);
  output.consume(1);
  assert.equal(output.bytes.length, 0);
});

Deno.test("two outputs never share a buffer", () => {
  const [first, second] = [new OutputBuffer(), new OutputBuffer()];
  append(first, Uint8Array.of(1));
  first.clear();
  append(first, Uint8Array.of(2));
  append(second, Uint8Array.of(3));
  assert.notEqual(first.bytes, second.bytes);
  assert.deepEqual([...first.view()], [2]);
});
