/** Refused attempts to authenticate, counted by peer. @module */
import assert from "node:assert/strict";
import { RefusedAttempts } from "../../src/access/refusals.ts";

Deno.test("a peer has ten refusals at once and one a second, whatever other peers do", () => {
  let now = 0;
  const refused = new RefusedAttempts(() => now);
  const add = (peer: string, count: number) =>
    Array.from({ length: count }, () => refused.add(peer));
  assert.deepEqual(add("a", 12), [...Array(10).fill(0), 1_000, 1_000]);
  assert.deepEqual(add("b", 1), [0]);
  now += 1_000;
  assert.deepEqual(add("a", 2), [0, 1_000]);
  now += 3_600_000;
  assert.deepEqual(add("a", 11), [...Array(10).fill(0), 1_000]);
});

Deno.test("10,000 peers are counted, and the one that was refused the longest time ago is forgotten", () => {
  const refused = new RefusedAttempts(() => 0);
  for (let i = 0; i < 10; i++) refused.add("first");
  assert.equal(refused.add("first"), 1_000);
  for (let i = 0; i < 9_999; i++) refused.add(`peer ${i}`);
  assert.equal(refused.add("first"), 1_000);
  for (let i = 0; i < 10_000; i++) refused.add(`other ${i}`);
  assert.equal(refused.add("first"), 0);
});

Deno.test("1,000 answers wait at once, and a call that ends does not wait on", async () => {
  const refused = new RefusedAttempts(() => 0);
  const abort = new AbortController();
  for (let i = 0; i < 10; i++) refused.add("a");
  const waiting = Array.from({ length: 1_000 }, () => {
    assert.equal(refused.add("a"), 1_000);
    return refused.wait(3_600_000, abort.signal);
  });
  assert.equal(refused.add("a"), 0);
  abort.abort();
  await Promise.all(waiting);
  assert.equal(refused.add("a"), 1_000);
});
