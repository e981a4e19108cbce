import assert from "node:assert/strict";
import { type Work, WorkQueue } from "../../../src/grpc/native/server/_work_queue.ts";
import { unary } from "../../../src/grpc/handler.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { gate } from "../../_support/gate.ts";

const limits = { maxQueuedCalls: 100, maxQueuedMs: 1_000 };

function work(ran: string[], name: string, options: Partial<Work> = {}): Work {
  return { expectedMs: 1, neededBy: Infinity, over: false, run: () => ran.push(name), ...options };
}

Deno.test("Connections take turns: who asks for much waits behind who asks for little", () => {
  const queue = new WorkQueue<Work>(limits);
  const ran: string[] = [];
  const [a, b, c] = [{}, {}, {}];
  for (const name of ["a1", "a2", "a3"]) assert.equal(queue.push(a, work(ran, name), 0), undefined);
  assert.equal(queue.push(b, work(ran, "b1"), 0), undefined);
  assert.equal(queue.push(c, work(ran, "c1"), 0), undefined);
  assert.equal(queue.expectedMs, 5);
  while (queue.runNext());
  assert.deepEqual(ran, ["a1", "b1", "c1", "a2", "a3"]);
  assert.deepEqual([queue.size, queue.expectedMs], [0, 0]);
});

Deno.test("Work that nobody waits for any more is not done", () => {
  const queue = new WorkQueue<Work>(limits);
  const ran: string[] = [];
  queue.push({}, work(ran, "left", { over: true }), 0);
  queue.push({}, work(ran, "stayed"), 0);
  assert.equal(queue.runNext(), true);
  assert.equal(queue.runNext(), false);
  assert.deepEqual(ran, ["stayed"]);
});

Deno.test("Work that cannot be done by its deadline is refused before any of it", () => {
  const queue = new WorkQueue<Work>(limits);
  const slow = { expectedMs: 10 };
  // The first is tried in any case: what was measured may have been a slow moment.
  assert.equal(queue.push({}, work([], "", { ...slow, neededBy: 105 }), 100), undefined);
  assert.equal(queue.push({}, work([], "", { ...slow, neededBy: 120 }), 100), undefined);
  const refusal = queue.push({}, work([], "", { ...slow, neededBy: 129 }), 100);
  assert.equal(refusal?.code, StatusCode.RESOURCE_EXHAUSTED);
  assert.match(refusal!.message, /30 ms/);
  assert.equal(queue.push({}, work([], "", { ...slow, neededBy: 130 }), 100), undefined);
  assert.equal(queue.size, 3);
});

Deno.test("Work over the limits of the queue is refused: calls, and their time", () => {
  const queue = new WorkQueue<Work>({ maxQueuedCalls: 2, maxQueuedMs: 1_000 });
  assert.equal(queue.push({}, work([], ""), 0), undefined);
  assert.equal(queue.push({}, work([], ""), 0), undefined);
  assert.equal(queue.push({}, work([], ""), 0)?.code, StatusCode.RESOURCE_EXHAUSTED);
  const timed = new WorkQueue<Work>(limits);
  assert.equal(timed.push({}, work([], "", { expectedMs: 1_001 }), 0), undefined);
  assert.equal(timed.push({}, work([], ""), 0)?.code, StatusCode.RESOURCE_EXHAUSTED);
});

const [test, { NativeRig, callFields, json, statusOf, busyFor }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({ ...await import("./_rig.ts"), ...await import("./_busy.ts") }),
);

test("Cheap calls are answered before long ones that came first", async () => {
  const ran: string[] = [];
  await using rig = new NativeRig({
    Unary: unary((kind: string) => {
      ran.push(kind);
      if (kind === "long") busyFor(3);
      return kind;
    }, (kind) => kind),
  }, { cheapCallMs: 1 });
  await using client = await rig.connect();
  // What each takes is measured first.
  for (const kind of ["long", ...Array<string>(8).fill("cheap")]) {
    assert.equal(statusOf(await client.request(callFields("Unary"), [json(kind)])), StatusCode.OK);
  }
  const kinds = ["long", "long", "long", "long", "long", "long", "cheap"];
  // On a machine that is busy with something else the reading alone may take the time that cheap calls are
  // given before the thread looks at its queue. Without the preference, the cheap one is the last each time.
  for (let round = 0; round < 20; round++) {
    ran.length = 0;
    const calls = kinds.map((kind) => client.request(callFields("Unary"), [json(kind)]));
    for (const call of calls) assert.equal(statusOf(await call), StatusCode.OK);
    assert.equal(ran.length, kinds.length);
    if (ran.indexOf("cheap") < ran.length - 1) return;
  }
  assert.fail("the cheap call was the last in each of 20 rounds");
});

test("Long calls beyond what a thread can do in time are shed, and the rest are answered", async () => {
  let ran = 0;
  await using rig = new NativeRig({
    Unary: unary(() => {
      busyFor(2);
      return ++ran;
    }, () => "long"),
  }, { maxQueuedCalls: 5 });
  await using client = await rig.connect();
  const calls = Array.from(
    { length: 50 },
    () => client.request(callFields("Unary"), [json("long")]),
  );
  const statuses = (await Promise.all(calls)).map(statusOf);
  const answered = statuses.filter((status) => status === StatusCode.OK).length;
  const shed = statuses.filter((status) => status === StatusCode.RESOURCE_EXHAUSTED).length;
  assert.equal(answered + shed, 50);
  assert.ok(answered >= 5 && shed >= 1, `${answered} answered, ${shed} shed`);
  assert.equal(ran, answered);
});
