/** Workers that hang, exit or crash. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../../_support/gate.ts";
import { leaveOpen } from "../../_support/leaks/leaves_open.ts";
import { hasEnded } from "../../../src/grpc/native/workers/_thread_presence.ts";
import type { PoolRig as Pool } from "./_pool.ts";
import type { RawClient } from "./_raw_client.ts";
import type { Asked } from "./_worker.ts";

const [test, { PoolRig, ask, callFields, json, statusOf }] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  async () => ({ ...await import("./_rig.ts"), ...await import("./_pool.ts") }),
);

leaveOpen("the reactor of a thread that hangs or exits: no other thread can close it");

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
async function untilServes(rig: Pool, name: unknown): Promise<void> {
  const clients: RawClient[] = [];
  const next = async () => {
    const client = await rig.connect();
    clients.push(client);
    return ask(client, "who");
  };
  try {
    while (await next() !== name);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
}

for (const asked of ["hang", "hang later"] satisfies Asked[]) {
  test(`A worker whose call does not return ("${asked}") is replaced, and ends once it does`, async () => {
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

test("A worker that is busy beyond the limit of a turn is not replaced while its calls make progress", async () => {
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

test("A worker that exits without an event is noticed and replaced", async () => {
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

/** Descriptors that Deno itself may open at any time. */
const DENO_OWN = 4;

/** Descriptors of a reactor, which a failed thread leaves open. */
const REACTOR_DESCRIPTORS = 3;

/** Number of failures that `_worker_deaths.ts` measures. An acceptor alone would leave nine descriptors each time. */
const DEATHS = 4;

const leftovers = { die: 0, end: REACTOR_DESCRIPTORS, hang: REACTOR_DESCRIPTORS } as const;

for (const [asked, perDeath] of Object.entries(leftovers)) {
  test(`Workers that fail repeatedly ("${asked}") leave no descriptor open`, async () => {
    // In a child process, because the test files of one run share a process.
    const script = fileURLToPath(new URL("./_worker_deaths.ts", import.meta.url));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", script, asked, `${DEATHS}`],
      stderr: "null",
    }).output();
    const grown = new TextDecoder().decode(stdout);
    assert.match(grown, /^-?\d+\n$/);
    assert.ok(Number(grown) <= DENO_OWN + DEATHS * perDeath, `${grown} descriptors were left open`);
  });
}

Deno.test("A thread without a folder in /proc does not count as ended", () => {
  assert.equal(hasEnded(-1), false);
});
