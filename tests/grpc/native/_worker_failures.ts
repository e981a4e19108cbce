/**
 * Workers that hang, exit or are busy: the tests that `worker_supervision_test.ts` runs in a process of their own. A
 * thread that hangs or exits leaves its reactor open, which no other thread can close.
 *
 * @module
 */
import assert from "node:assert/strict";
import { until } from "../../_support/until.ts";
import { ask, PoolRig } from "./_pool.ts";
import type { RawClient } from "./_raw_client.ts";
import { callFields, json, statusOf } from "./_rig.ts";
import type { Asked } from "./_worker.ts";

interface Death {
  readonly worker: number;
  readonly reason: string;
}

/** Opens a pool of two workers that may be without progress for a second. Returns its failures too. */
async function watchedPool(release: Int32Array) {
  const death = Promise.withResolvers<Death>();
  const deaths: Death[] = [];
  const rig = await PoolRig.start(2, {
    maxTurnMs: 1_000,
    setup: () => ({ data: { release } }),
    onFailure: (worker, reason) => {
      deaths.push({ worker, reason });
      death.resolve(deaths[0]);
    },
  });
  return { rig, death: death.promise, deaths };
}

/** Connects until the worker with a name serves again. */
async function untilServes(rig: PoolRig, name: unknown): Promise<void> {
  const clients: RawClient[] = [];
  const next = async () => {
    const client = await rig.connect();
    clients.push(client);
    return ask(client, "who");
  };
  try {
    await until(`${name} serves again`, async () => await next() === name);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
}

for (const asked of ["hang", "hang later"] satisfies Asked[]) {
  Deno.test(`A worker whose call does not return ("${asked}") is replaced, and ends once it does`, async () => {
    const release = new Int32Array(new SharedArrayBuffer(4));
    const { rig, death, deaths } = await watchedPool(release);
    await using _pool = rig;
    await using one = await rig.connect();
    await using other = await rig.connect();
    const names = [await ask(one, "who"), await ask(other, "who")];
    assert.ok(rig.pool.responds);
    const lost = one.request(callFields("Unary"), [json(asked)]);
    // Peers see the end of their connections while the thread still hangs.
    await one.closed;
    assert.notEqual(statusOf(await lost), 0);
    const { worker, reason } = await death;
    // The service manager gets no sign of life until the worker is replaced.
    assert.equal(rig.pool.responds, false);
    assert.equal(`signer-${worker}`, names[0]);
    assert.match(reason, /hangs/);
    assert.equal(await ask(other, "who"), names[1]);
    await untilServes(rig, names[0]);
    assert.ok(rig.pool.responds);
    Atomics.store(release, 0, 1);
    // The other worker only waited for events, which is not hanging.
    assert.equal(await ask(other, "who"), names[1]);
    assert.equal(deaths.length, 1);
  });
}

Deno.test("A worker that is busy beyond the limit of a turn is not replaced while its calls make progress", async () => {
  // One read had 20 requests that took long to decode. Their worker was replaced after 10 s, with all of its
  // connections.
  const { rig, deaths } = await watchedPool(new Int32Array(1));
  await using _pool = rig;
  await using client = await rig.connect();
  await ask(client, "who");
  const calls = Array.from({ length: 40 }, () => ask(client, "busy"));
  for (const call of calls) assert.equal(await call, "done");
  assert.deepEqual(deaths, []);
});

Deno.test("A worker that exits without an event is noticed and replaced", async () => {
  const { rig, death } = await watchedPool(new Int32Array(1));
  await using _pool = rig;
  await using one = await rig.connect();
  const name = await ask(one, "who");
  one.open(callFields("Unary"), [json("end")], true);
  await one.closed;
  const { worker, reason } = await death;
  assert.equal(`signer-${worker}`, name);
  assert.match(reason, /thread has ended/);
  await untilServes(rig, name);
});
