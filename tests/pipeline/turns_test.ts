/** The turns of executions on their thread, among the messages to it. @module */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Turns } from "../../src/pipeline/workers/_turns.ts";

function counted(turns: Turns): Int32Array {
  const posted = new SharedArrayBuffer(4);
  turns.count(posted);
  return new Int32Array(posted);
}

Deno.test("slices run in the order of their executions, and errors are those of their slices", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const execute = async (name: string) => {
    for (let slice = 0; slice < 3; slice++) await turns.run(() => order.push(name + slice));
  };
  const failing = turns.run(() => {
    throw new Error("of a slice");
  });
  await Promise.all([execute("a"), execute("b"), assert.rejects(failing, /of a slice/)]);
  assert.deepEqual(order, ["a0", "b0", "a1", "b1", "a2", "b2"]);
  assert.equal(await turns.run(() => 7), 7);
});

// The event loop ran immediates for up to half a second before it looked at messages of other threads: 8 executions
// went on for as long after they were cancelled.
Deno.test("a slice waits for the messages that were posted before it", async () => {
  const turns = new Turns(60_000);
  const posted = counted(turns);
  Atomics.add(posted, 0, 2);
  const order: string[] = [];
  const slice = turns.run(() => order.push("slice"));
  for (const message of ["first", "second"]) {
    await setImmediate();
    order.push(message);
    turns.received();
  }
  await slice;
  assert.deepEqual(order, ["first", "second", "slice"]);
  // A message can be received before it is counted.
  turns.received();
  Atomics.add(posted, 0, 1);
  await turns.run(() => order.push("next"));
  assert.equal(order.at(-1), "next");
});

Deno.test("a message that does not come holds slices up for a moment only", async () => {
  const turns = new Turns(1);
  Atomics.add(counted(turns), 0, 1);
  assert.deepEqual(await Promise.all([turns.run(() => 1), turns.run(() => 2)]), [1, 2]);
});
