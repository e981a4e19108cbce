import assert from "node:assert/strict";
import { SharedState } from "../../../src/grpc/native/workers/_shared_state.ts";
import { Workload, Workloads } from "../../../src/grpc/native/server/_workloads.ts";

Deno.test("`push()` and `shift()` keep the order, and a ring that is full takes no more", () => {
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

Deno.test("`fewest()` prefers itself among equals, and passes over workers that do not serve", () => {
  const shared = SharedState.create(3);
  shared.enter(0, 10, 11);
  shared.enter(2, 14, 15);
  assert.deepEqual([shared.fewest(0), shared.fewest(2)], [0, 2]);
  shared.addConnections(0, 2);
  shared.addConnections(2, 1);
  assert.deepEqual([shared.fewest(0), shared.fewest(2)], [2, 2]);
  shared.retire(2);
  assert.equal(shared.fewest(0), 0);
});

Deno.test("`leave()` gives all that a worker owned, once, and nothing of the others'", () => {
  const shared = SharedState.create(2);
  shared.enter(0, 10, 11);
  shared.enter(1, 12, 13);
  for (const fd of [20, 22, 24]) shared.own(0, fd);
  shared.own(1, 21);
  assert.equal(shared.disown(0, 22), true);
  assert.equal(shared.disown(0, 21), false);
  shared.addConnections(0, 2);
  assert.deepEqual(shared.leave(0), [10, 11, 20, 24]);
  assert.deepEqual(shared.leave(0), []);
  assert.equal(shared.connections(0), 0);
  assert.equal(shared.owns(1, 21), true);
});

Deno.test("A worker that ended in order leaves nothing behind to close", () => {
  const shared = SharedState.create(1);
  shared.enter(0, 10, 11);
  shared.retire(0);
  assert.deepEqual(shared.leave(0), []);
});

Deno.test("A workload's mean takes no notice of one moment in which the machine was elsewhere", () => {
  const workload = new Workload();
  for (const ms of [5, 1, 0.03, 0.04]) workload.record(ms);
  assert.equal(workload.meanMs, 0.03);
  for (let i = 0; i < 50; i++) workload.record(0.03);
  workload.record(100);
  assert.ok(workload.meanMs! < 0.05);
  for (let i = 0; i < 100; i++) workload.record(1);
  assert.ok(workload.meanMs! > 0.9, "A class that has become slow is known for it");
});

Deno.test("Classes of work are kept apart up to a limit, and one that cannot be named is shared", () => {
  const workloads = new Workloads((request) => {
    if (request === null) throw new Error("no name");
    return String(request);
  });
  assert.equal(workloads.of("a"), workloads.of("a"));
  assert.notEqual(workloads.of("a"), workloads.of("b"));
  assert.equal(workloads.of(null), workloads.of(""));
  for (let i = 0; i < 1_000; i++) workloads.of(i);
  assert.equal(workloads.of("one more"), workloads.of("and another"));
});
