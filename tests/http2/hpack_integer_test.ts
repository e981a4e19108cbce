/** HPACK integers (RFC 7541 section 5.1). @module */
import assert from "node:assert/strict";
import { IntegerReader, MAX_INTEGER_LENGTH, writeInteger } from "../../src/http2/hpack/mod.ts";
import { hex } from "./_hex.ts";

Deno.test("integers have the codings of RFC 7541 Appendix C.1", () => {
  for (
    const [value, mask, coded] of [
      [10, 0x1f, "0a"],
      [1337, 0x1f, "1f9a0a"],
      [42, 0xff, "2a"],
    ] as const
  ) {
    const bytes = new Uint8Array(MAX_INTEGER_LENGTH);
    assert.deepEqual(bytes.subarray(0, writeInteger(value, 0, mask, bytes, 0)), hex(coded));
    const reader = new IntegerReader();
    assert.equal(reader.read(hex(coded), 0, coded.length / 2, mask), value);
    assert.equal(reader.end, coded.length / 2);
  }
});

Deno.test("integers at the limits of each length are read as written, with every prefix", () => {
  const reader = new IntegerReader();
  const bytes = new Uint8Array(MAX_INTEGER_LENGTH);
  for (let prefix = 4; prefix <= 7; prefix++) {
    const mask = (1 << prefix) - 1;
    for (const edge of [mask, mask + 0x80, mask + 0x4000, mask + 0x20_0000, 0xfff_ffff]) {
      for (const value of [edge - 1, edge, Math.min(edge + 1, 0xfff_ffff)]) {
        const end = writeInteger(value, 0, mask, bytes, 0);
        assert.equal(reader.read(bytes, 0, end, mask), value);
        assert.equal(reader.end, end);
      }
    }
  }
});

Deno.test("`read()` returns -1 for an integer that is incomplete or has more than four further octets", () => {
  const reader = new IntegerReader();
  const read = (digits: string) => reader.read(hex(digits), 0, digits.length / 2, 0x7f);
  assert.equal(read("7f"), -1);
  assert.equal(read("7f80"), -1);
  assert.equal(read("7f80808000"), 127);
  assert.equal(read("7f8080808000"), -1);
  assert.equal(read("7fffffffff7f"), -1);
});
