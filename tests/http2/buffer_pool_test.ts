/** Memory that is used again. @module */
import assert from "node:assert/strict";
import { BufferPool, clearBufferPools } from "../../src/http2/buffer_pool.ts";

Deno.test("acquire() returns the smallest size that fits, and memory of its own beyond the largest", () => {
  const pool = new BufferPool([10, 20], 100);
  assert.deepEqual([1, 10, 11, 20, 21].map((size) => pool.acquire(size).length), [
    ...[10, 10, 20, 20, 21],
  ]);
});

Deno.test("a released buffer is used again once", () => {
  const pool = new BufferPool([10], 100);
  const first = pool.acquire(7);
  pool.release(first);
  assert.equal(pool.acquire(9), first);
  assert.notEqual(pool.acquire(9), first);
});

Deno.test("release() drops buffers of other sizes", () => {
  const pool = new BufferPool([10], 100);
  pool.release(new Uint8Array(0));
  pool.release(new Uint8Array(9));
  assert.equal(pool.bytes, 0);
});

Deno.test("the pool keeps no more than its limit, and the sizes in use push out the others", () => {
  const pool = new BufferPool([10, 20, 40], 60);
  const [a, b, c] = [10, 20, 40].map((size) => pool.acquire(size));
  for (const bytes of [a, b, c]) pool.release(bytes);
  // The 10 made room, and the 20 fits beside the 40.
  assert.equal(pool.bytes, 60);
  const small = Array.from({ length: 9 }, () => pool.acquire(10));
  assert.ok(!small.includes(a));
  for (const bytes of small) pool.release(bytes);
  assert.equal(pool.bytes, 60);
  assert.notEqual(pool.acquire(20), b);
});

Deno.test("a size that is out of use makes no room for itself", () => {
  const pool = new BufferPool([10, 20], 20);
  const old = pool.acquire(20);
  pool.release(pool.acquire(10));
  pool.release(old);
  assert.equal(pool.bytes, 10);
});

Deno.test("clear() drops all buffers", () => {
  const pool = new BufferPool([10, 20], 100);
  const bytes = pool.acquire(10);
  pool.release(bytes);
  pool.clear();
  assert.equal(pool.bytes, 0);
  assert.notEqual(pool.acquire(10), bytes);
});

// A thread that had accepted a thousand connections kept 2 MB for their first frames.
Deno.test("clearBufferPools() drops the buffers of all pools", () => {
  const pools = [new BufferPool([10], 100), new BufferPool([20], 100)];
  for (const pool of pools) pool.release(pool.acquire(10));
  clearBufferPools();
  assert.deepEqual(pools.map(({ bytes }) => bytes), [0, 0]);
});
