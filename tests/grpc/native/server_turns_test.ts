import assert from "node:assert/strict";
import { unary } from "../../../src/grpc/handler.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { gate } from "../../_support/gate.ts";

const [test, { NativeRig, callFields, json, statusOf, busyFor }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({ ...await import("./_rig.ts"), ...await import("./_busy.ts") }),
);

test("Cheap calls are answered before long ones that arrived first", async () => {
  const ran: string[] = [];
  await using rig = new NativeRig({
    Unary: unary((kind: string) => {
      ran.push(kind);
      if (kind === "long") busyFor(3);
      return kind;
    }, (kind) => kind),
  }, { cheapCallMs: 1 });
  await using client = await rig.connect();
  // The server measures each first.
  for (const kind of ["long", ...Array<string>(8).fill("cheap")]) {
    assert.equal(statusOf(await client.request(callFields("Unary"), [json(kind)])), StatusCode.OK);
  }
  const kinds = ["long", "long", "long", "long", "long", "long", "cheap"];
  // On a busy machine reading alone may take the time for cheap calls before the thread runs its queue. Without the
  // preference, the cheap call is the last each time.
  for (let round = 0; round < 20; round++) {
    ran.length = 0;
    const calls = kinds.map((kind) => client.request(callFields("Unary"), [json(kind)]));
    for (const call of calls) assert.equal(statusOf(await call), StatusCode.OK);
    assert.equal(ran.length, kinds.length);
    if (ran.indexOf("cheap") < ran.length - 1) return;
  }
  assert.fail("the cheap call was the last in each of 20 rounds");
});

test("Long calls that a thread cannot finish in time are refused, and the others are answered", async () => {
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
