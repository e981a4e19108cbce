/** The state that workers share. @module */
import assert from "node:assert/strict";
import { SharedState } from "../../../src/grpc/native/workers/_shared_state.ts";

Deno.test("`push()` and `shift()` keep the order, and a full ring refuses more", () => {
  const shared = SharedState.create(2);
  let pushed = 0;
  while (shared.push(1, pushed)) pushed++;
  assert.equal(pushed, 1_024);
  assert.equal(shared.shift(0), undefined);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < pushed; i++) {
      assert.equal(shared.shift(1), i);
      assert.equal(shared.push(1, i), true);
    }
  }
  for (let i = 0; i < pushed; i++) assert.equal(shared.shift(1), i);
  assert.equal(shared.shift(1), undefined);
});

Deno.test("`fewest()` prefers the calling worker among equals, and skips workers that do not serve", () => {
  const shared = SharedState.create(3);
  shared.start(0, 10, 11);
  shared.start(2, 14, 15);
  assert.deepEqual([shared.fewest(0), shared.fewest(2)], [0, 2]);
  shared.addConnections(0, 2);
  shared.addConnections(2, 1);
  assert.deepEqual([shared.fewest(0), shared.fewest(2)], [2, 2]);
  shared.stop(2);
  assert.equal(shared.fewest(0), 0);
});

Deno.test("`reap()` returns all descriptors of a worker once, and none of others", () => {
  const shared = SharedState.create(2);
  shared.start(0, 10, 11);
  shared.start(1, 12, 13);
  for (const fd of [20, 22, 24]) shared.own(0, fd);
  shared.own(1, 21);
  assert.equal(shared.disown(0, 22), true);
  assert.equal(shared.disown(0, 21), false);
  shared.addConnections(0, 2);
  assert.deepEqual(shared.reap(0), [10, 11, 20, 24]);
  assert.deepEqual(shared.reap(0), []);
  assert.equal(shared.connections(0), 0);
  assert.equal(shared.owns(1, 21), true);
});

Deno.test("A worker that has closed leaves no descriptor to close", () => {
  const shared = SharedState.create(1);
  shared.start(0, 10, 11);
  shared.stop(0);
  assert.deepEqual(shared.reap(0), []);
});

Deno.test("A fenced worker can close none of its descriptors, and its number is reserved until `reap()`", () => {
  const shared = SharedState.create(2);
  shared.register(0, 9);
  shared.start(0, 10, 11);
  for (const fd of [20, 22]) shared.own(0, fd);
  shared.own(1, 21);
  shared.markProgress(0);
  const taken = shared.fence(0);
  assert.deepEqual(taken, [20, 22]);
  assert.deepEqual([shared.progress(0), shared.isFenced(0), shared.isServing(0)], [
    1,
    true,
    false,
  ]);
  assert.equal(shared.disown(0, 20), false);
  assert.equal(shared.fewest(0), 0);
  // Descriptors that it opens before it sees the fence are closed too.
  shared.own(0, 23);
  assert.deepEqual(shared.reap(0, taken), [10, 11, 9, 20, 22, 23]);
  assert.deepEqual([shared.isFenced(0), shared.threadFd(0)], [false, -1]);
  assert.equal(shared.owns(1, 21), true);
});

Deno.test("A worker that is fenced during its start does not serve", () => {
  const shared = SharedState.create(1);
  shared.register(0, 9);
  assert.deepEqual(shared.fence(0), []);
  assert.equal(shared.start(0, 10, 11), false);
  assert.equal(shared.isServing(0), false);
});

Deno.test("A worker that has closed and is fenced after that leaves no descriptor to close", () => {
  const shared = SharedState.create(1);
  shared.register(0, 9);
  shared.start(0, 10, 11);
  shared.stop(0);
  assert.deepEqual(shared.reap(0, shared.fence(0)), []);
});
