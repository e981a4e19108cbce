/** The HPACK decoder: invalid blocks, and the dynamic table. @module */
import assert from "node:assert/strict";
import { type HeaderField, HpackDecoder } from "../../src/http2/hpack/mod.ts";
import { Http2Error } from "../../src/http2/mod.ts";
import { hex } from "./_hex.ts";

function decode(decoder: HpackDecoder, block: string, maxListSize = Infinity): string[] {
  const bytes = hex(block);
  const fields: HeaderField[] = [];
  decoder.decode(bytes, 0, bytes.length, fields, maxListSize);
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

/** Blocks that are invalid with an empty table of 4,096 bytes. */
const FAULTS: Readonly<Record<string, string>> = {
  "an index of 0": "80",
  "an index past the static table when the dynamic one is empty": "be",
  "an index far out": "ff80 8001",
  "a name index out of both tables": "7f20 0161",
  "an integer cut off after its prefix": "ff",
  "an integer cut off in its middle": "ff80",
  "an integer of more than four further octets": "ffff ffff ffff 7f",
  "an integer of endless zeros": "ff80 8080 8080 8080 8000",
  "a literal without a name": "40",
  "a literal without a value": "4001 61",
  "a name longer than its block": "407f 0061",
  "a value longer than its block": "4001 6105 61",
  "a string whose length is cut off": "4001 617f",
  "Huffman coding with EOS": "4001 6184 ffff ffff",
  "a size update above the setting": "3fe2 1f",
  "a size update behind a field": "8220",
  "a size update cut off": "3f",
};

for (const [what, block] of Object.entries(FAULTS)) {
  Deno.test(`\`decode()\` rejects ${what}`, () => {
    assert.throws(
      () => decode(new HpackDecoder(4_096), block),
      (error) => error instanceof Http2Error && error.code === "COMPRESSION_ERROR",
    );
  });
}

Deno.test("a size update to 0 empties the table", () => {
  const decoder = new HpackDecoder(4_096);
  assert.deepEqual(decode(decoder, "4001 6101 62"), ["a: b"]);
  assert.deepEqual(decode(decoder, "be"), ["a: b"]);
  assert.deepEqual(decode(decoder, "203f e11f 82"), [":method: GET"]);
  assert.throws(() => decode(decoder, "be"), Http2Error);
});

Deno.test("a lowered setting has to be followed by a size update (RFC 7541 section 4.2)", () => {
  const decoder = new HpackDecoder(4_096);
  decoder.allowTableSize(100);
  assert.throws(() => decode(decoder, "82"), Http2Error);
  decoder.allowTableSize(100);
  assert.deepEqual(decode(decoder, "3f45 82"), [":method: GET"]);
});

Deno.test("an entry larger than the table empties it and is not an error (section 4.4)", () => {
  const decoder = new HpackDecoder(64);
  assert.deepEqual(decode(decoder, "4001 6101 62"), ["a: b"]);
  const large = "61".repeat(70);
  assert.equal(decode(decoder, `4001 61 46 ${large}`).length, 1);
  assert.equal(decoder.tableSize, 0);
  assert.throws(() => decode(decoder, "be"), Http2Error);
});

Deno.test("the oldest entry is evicted first", () => {
  const decoder = new HpackDecoder(70);
  decode(decoder, "4001 6101 31");
  decode(decoder, "4001 6201 32");
  assert.deepEqual(decode(decoder, "bebf"), ["b: 2", "a: 1"]);
  decode(decoder, "4001 6301 33");
  assert.deepEqual(decode(decoder, "bebf"), ["c: 3", "b: 2"]);
  assert.throws(() => decode(decoder, "c0"), Http2Error);
});

Deno.test("a block that repeats an entry of the table many times keeps fields up to the limit", () => {
  const decoder = new HpackDecoder(4_096);
  // An entry of 3,000 octets, and 1,000 references to it: 3 MB out of 4 KB.
  const bytes = hex(`4001 61 7fb9 16 ${"62".repeat(3_001 - 1)} ${"be".repeat(1_000)}`);
  const fields: HeaderField[] = [];
  const size = decoder.decode(bytes, 0, bytes.length, fields, 16_384);
  assert.ok(size > 3_000_000);
  assert.equal(fields.length, 5);
});
