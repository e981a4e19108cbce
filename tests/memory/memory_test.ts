import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { allocateBuffer, allocateBytes } from "../../src/memory/mod.ts";

for (const [name, allocate] of Object.entries({ allocateBytes, allocateBuffer })) {
  Deno.test(`\`${name}()\` returns zeros that no other array has`, () => {
    const arrays = Array.from({ length: 1_000 }, (_, i) => allocate(i % 100));
    for (const [i, array] of arrays.entries()) {
      assert.equal(array.length, i % 100);
      assert.ok(array.every((byte) => byte === 0));
      array.fill(i % 251);
    }
    for (const [i, array] of arrays.entries()) {
      assert.ok(array.every((byte) => byte === i % 251), `${i}`);
    }
  });

  Deno.test(`Short arrays of \`${name}()\` share memory, long ones do not`, () => {
    const buffers = new Set(Array.from({ length: 256 }, () => allocate(32).buffer));
    assert.ok(buffers.size <= 2, `${buffers.size}`);
    for (const length of [1_025, 100_000]) {
      assert.equal(allocate(length).buffer.byteLength, length);
      assert.equal(allocate(length).length, length);
    }
    // A long one between short ones leaves their memory as it is.
    assert.equal(allocate(1).buffer, (allocate(1_025), allocate(1).buffer));
  });
}

Deno.test("`allocateBytes()` returns plain arrays, whose `slice()` copies", () => {
  const bytes = allocateBytes(2);
  assert.equal(bytes.constructor, Uint8Array);
  assert.ok(Buffer.isBuffer(allocateBuffer(2)));
});
