/** UTF-8 in protobuf strings. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { maxFields, ProtobufError } from "../../src/protobuf/mod.ts";
import { decodeUtf8, isUtf8 } from "../../src/protobuf/utf8.ts";
import { echoRequestCodec } from "../../src/api/generated/signer/v1/echo_pb.ts";

/** Decodes bytes with the platform's decoder; undefined for invalid UTF-8. */
function reference(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** Bytes at the borders of every range in Unicode's table 3-7. */
const borders = [
  ...[0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1],
  ...[0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
];

Deno.test("`decodeUtf8()` and `isUtf8()` agree with the platform on every sequence of border bytes", () => {
  let sequences = 0;
  const bytes = Buffer.alloc(6, "A");
  for (const first of borders) {
    for (const second of borders) {
      for (const third of borders) {
        // Only a sequence of four bytes has a fourth byte.
        for (const fourth of first >= 0xf0 ? [0x7f, 0x80, 0xbf, 0xc0] : [0x80]) {
          bytes.set([first, second, third, fourth], 1);
          for (const end of [2, 3, 4, 5, 6]) {
            const text = reference(bytes.subarray(0, end));
            if (
              decodeUtf8(bytes, 0, end) !== text || isUtf8(bytes, 0, end) !== (text !== undefined)
            ) assert.fail(`${bytes.subarray(0, end).toHex()} differs`);
            sequences++;
          }
        }
      }
    }
  }
  assert.ok(sequences > 70_000);
});

/** Returns an EchoRequest with `count` fields `message`, each with the same text. */
function repeated(count: number, text: string): Buffer {
  const field = Buffer.concat([Uint8Array.of(0x0a, Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat(Array<Buffer>(count).fill(field));
}

/** Returns the number of calls of `TextDecoder` while a function runs. */
function decoderCalls(run: () => void): number {
  const native = TextDecoder.prototype.decode;
  let calls = 0;
  TextDecoder.prototype.decode = function (...values) {
    calls++;
    return native.apply(this, values);
  };
  try {
    run();
  } finally {
    TextDecoder.prototype.decode = native;
  }
  return calls;
}

// Each string with this character was decoded twice, the second time by a strict TextDecoder: 4 MiB of them, 6 KiB
// in gzip, blocked a thread for half a second. `turn_length_test.ts` measures the CPU time of such messages.
Deno.test("Strings up to 1,024 bytes with U+FFFD are decoded without a `TextDecoder`", () => {
  for (const length of [1, 3, 8, 341]) {
    const message = "\ufffd".repeat(length);
    const bytes = Buffer.from(echoRequestCodec.encode({ message }));
    assert.equal(decoderCalls(() => echoRequestCodec.decode(bytes)), 0, `${length} characters`);
    assert.equal(echoRequestCodec.decode(bytes).message, message);
  }
  // A longer one takes one call.
  const long = Buffer.from(echoRequestCodec.encode({ message: "\ufffd".repeat(342) }));
  assert.equal(decoderCalls(() => echoRequestCodec.decode(long)), 1);
});

Deno.test("A message may have 131,072 fields and no more, known or not", () => {
  for (const field of [repeated(1, "a"), Buffer.of(0x78, 0x01)]) {
    const most = Buffer.concat(Array<Buffer>(maxFields).fill(field));
    assert.doesNotThrow(() => echoRequestCodec.decode(most));
    assert.throws(
      () => echoRequestCodec.decode(Buffer.concat([most, field])),
      (error) => error instanceof ProtobufError && error.code === "TOO_MANY",
    );
  }
});
