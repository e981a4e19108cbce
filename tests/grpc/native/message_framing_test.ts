/** Length-prefixed messages. @module */
import assert from "node:assert/strict";
import { StatusCode } from "../../../src/grpc/status.ts";
import {
  Deframer,
  isOneMessage,
  PREFIX_LENGTH,
  writePrefix,
} from "../../../src/grpc/native/message_framing.ts";

/** Returns messages with their prefixes. */
function framed(...messages: readonly (readonly [Uint8Array, boolean])[]): Uint8Array {
  const parts = messages.flatMap(([message, compressed]) => [
    writePrefix(new Uint8Array(PREFIX_LENGTH), message.length, compressed),
    message,
  ]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function bytesOf(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (first + i) & 0xff);
}

const messages: readonly [Uint8Array, boolean][] = [
  [bytesOf(3, 1), false],
  [bytesOf(0, 0), false],
  [bytesOf(40, 7), true],
  [bytesOf(1, 255), false],
];

Deno.test("`push()` yields the same messages wherever the stream is split", () => {
  const whole = framed(...messages);
  for (let size = 1; size <= whole.length; size++) {
    const deframer = new Deframer(100);
    const seen: [Uint8Array, boolean][] = [];
    for (let at = 0; at < whole.length; at += size) {
      const end = Math.min(at + size, whole.length);
      deframer.push(whole, at, end, (message, compressed) => {
        seen.push([message.slice(), compressed]);
      });
    }
    assert.deepEqual(seen, messages, `pieces of ${size}`);
    assert.equal(deframer.pending, false);
  }
});

Deno.test("`push()` refuses a message over the limit by its prefix alone", () => {
  const deframer = new Deframer(10);
  const whole = framed([bytesOf(11, 0), false]);
  assert.throws(
    () => deframer.push(whole, 0, PREFIX_LENGTH, () => {}),
    (error: { code: number; message: string }) => {
      assert.equal(error.code, StatusCode.RESOURCE_EXHAUSTED);
      assert.match(error.message, /11 vs 10/);
      return true;
    },
  );
});

Deno.test("`push()` refuses the largest length of a prefix", () => {
  const deframer = new Deframer(1 << 22);
  const prefix = Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff);
  assert.throws(() => deframer.push(prefix, 0, 5, () => {}), /4294967295 vs/);
});

Deno.test("`push()` refuses a flag that is neither 0 nor 1", () => {
  const deframer = new Deframer(10);
  assert.throws(
    () => deframer.push(Uint8Array.of(2, 0, 0, 0, 0), 0, 5, () => {}),
    (error: { code: number }) => error.code === StatusCode.INTERNAL,
  );
});

Deno.test("An incomplete message takes memory for the bytes that have arrived only", () => {
  const deframer = new Deframer(1 << 22);
  const whole = framed([bytesOf(1 << 20, 0), false]);
  deframer.push(whole, 0, 6, () => assert.fail("It is not whole"));
  assert.equal(deframer.held, 1);
  assert.equal(deframer.pending, true);
});

Deno.test("`isOneMessage()` is true for exactly one complete, uncompressed message only", () => {
  const one = framed([bytesOf(3, 1), false]);
  assert.equal(isOneMessage(one, 0, one.length), true);
  assert.equal(isOneMessage(one, 0, one.length - 1), false);
  assert.equal(isOneMessage(one, 0, 4), false);
  const compressed = framed([bytesOf(3, 1), true]);
  assert.equal(isOneMessage(compressed, 0, compressed.length), false);
  const two = framed(...messages);
  assert.equal(isOneMessage(two, 0, two.length), false);
});
