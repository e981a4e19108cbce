import assert from "node:assert/strict";
import { KeyRing } from "../../src/crypto/key_ring.ts";
import type { KeyStore } from "../../src/crypto/key_store.ts";

/** Creates a store that counts its disposals. */
function fakeStore() {
  return {
    disposed: 0,
    [Symbol.dispose]() {
      this.disposed++;
    },
  };
}

const asStore = (fake: ReturnType<typeof fakeStore>) => fake as unknown as KeyStore;

Deno.test("A `KeyRing` disposes of a retired store once it is released and has no lease", () => {
  const [first, second] = [fakeStore(), fakeStore()];
  const ring = new KeyRing(asStore(first));
  const lease = ring.lease();
  const generation = ring.replace(asStore(second));
  assert.equal(ring.current, second);
  assert.equal(lease.keys, first);
  assert.ok(ring.holds(asStore(first)));
  ring.release(generation);
  assert.equal(first.disposed, 0);
  lease[Symbol.dispose]();
  lease[Symbol.dispose]();
  assert.equal(first.disposed, 1);
  assert.ok(!ring.holds(asStore(first)));
  assert.equal(second.disposed, 0);
  ring[Symbol.dispose]();
  assert.equal(second.disposed, 1);
});

Deno.test("A `KeyRing` keeps no store of 100 replacements, and releases none before its time", () => {
  const stores = Array.from({ length: 101 }, fakeStore);
  const ring = new KeyRing(asStore(stores[0]));
  for (let n = 1; n <= 100; n++) {
    assert.equal(ring.replace(asStore(stores[n])), n);
    ring.release(n - 1);
    assert.deepEqual(stores.map(({ disposed }) => disposed).lastIndexOf(1), n - 2);
  }
  ring.release(100);
  assert.ok(stores.slice(0, 100).every(({ disposed }) => disposed === 1));
  assert.equal(stores[100].disposed, 0);
});

Deno.test("A `KeyRing` of a thread that started late has the same generations as the others", () => {
  const [first, second] = [fakeStore(), fakeStore()];
  const late = new KeyRing(asStore(first));
  late.replace(asStore(second), 7);
  late.release(6);
  assert.equal(first.disposed, 0);
  late.release(7);
  assert.equal(first.disposed, 1);
});
