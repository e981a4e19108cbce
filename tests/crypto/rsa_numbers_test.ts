/** The arithmetic that checks RSA keys, against bigint. @module */
import assert from "node:assert/strict";
import { randomBytes } from "../../src/bench/load/random.ts";
import { product, remainder } from "../../src/crypto/encoding/families/rsa_numbers.ts";

const toBigInt = (limbs: Uint16Array) =>
  limbs.reduceRight((sum, limb) => sum << 16n | BigInt(limb), 0n);

/** Yields numbers of many sizes: random, and with limbs at the ends of their range. */
function* samples(): Generator<Uint16Array> {
  const edges = [0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff];
  for (let seed = 1; seed <= 60; seed++) {
    const length = 1 + seed % 9;
    const limbs = new Uint16Array(randomBytes(2 * length, seed).slice().buffer);
    yield limbs;
    yield limbs.map((limb) => edges[limb % edges.length]);
  }
}

Deno.test("`product()` and `remainder()` agree with bigint arithmetic", () => {
  let divided = 0;
  for (const a of samples()) {
    for (const b of samples()) {
      assert.equal(toBigInt(product(a, b)), toBigInt(a) * toBigInt(b));
      if (toBigInt(b) === 0n) continue;
      assert.equal(toBigInt(remainder(a, b)), toBigInt(a) % toBigInt(b), `${a} mod ${b}`);
      divided++;
    }
  }
  assert.ok(divided > 10_000);
});
