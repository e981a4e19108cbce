/** The Huffman code of HPACK. @module */
import assert from "node:assert/strict";
import { decodeHuffman, encodeHuffman, huffmanLength } from "../../src/http2/hpack/mod.ts";
import { generator } from "./_random.ts";
import { hex } from "./_hex.ts";

function decode(bytes: Uint8Array): string | undefined {
  const target = new Uint8Array(bytes.length * 2);
  const length = decodeHuffman(bytes, 0, bytes.length, target);
  return length < 0 ? undefined : String.fromCharCode(...target.subarray(0, length));
}

function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(huffmanLength(text));
  assert.equal(encodeHuffman(text, bytes, 0), bytes.length);
  return bytes;
}

Deno.test("every octet is decoded as encoded, alone and between others", () => {
  for (let octet = 0; octet < 256; octet++) {
    for (const text of [String.fromCharCode(octet), `a${String.fromCharCode(octet)}\xff\0z`]) {
      assert.equal(decode(encode(text)), text);
    }
  }
});

Deno.test("random strings are decoded as encoded", () => {
  const random = generator(1);
  for (let round = 0; round < 500; round++) {
    const text = String.fromCharCode(
      ...Array.from({ length: random(80) }, () => random(256)),
    );
    assert.equal(decode(encode(text)), text);
  }
});

Deno.test("random octets that decode are encoded to the same octets", () => {
  const random = generator(2);
  let decoded = 0;
  for (let round = 0; round < 5_000; round++) {
    const bytes = Uint8Array.from({ length: 1 + random(6) }, () => random(256));
    const text = decode(bytes);
    if (text === undefined) continue;
    decoded++;
    assert.deepEqual(encode(text), bytes);
  }
  assert.ok(decoded > 50);
});

Deno.test("`decodeHuffman()` rejects EOS in a string", () => {
  assert.equal(decode(hex("ffff ffff")), undefined);
  // "0" and then the 30 bits of EOS and padding.
  assert.equal(decode(hex("07ff ffff ff")), undefined);
});

Deno.test("`decodeHuffman()` rejects padding of more than 7 bits", () => {
  assert.equal(decode(hex("ff")), undefined);
  assert.equal(decode(hex("1fff")), undefined);
});

Deno.test("`decodeHuffman()` rejects padding that is not all ones", () => {
  assert.equal(decode(hex("18")), undefined);
  assert.equal(decode(hex("1f")), "a");
});
