import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../../_support/gate.ts";
import { hasEnded } from "../../../src/grpc/native/workers/_thread_presence.ts";
import type { PoolRig as Pool } from "./_pool.ts";
import type { RawClient } from "./_raw_client.ts";
import type { Asked } from "./_worker.ts";

const [test, { PoolRig, ask, callFields, json, statusOf }] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  async () => ({ ...await import("./_rig.ts"), ...await import("./_pool.ts") }),
);

interface Death {
  readonly worker: number;
  readonly reason: string;
}

/** A pool of two whose workers may be silent for a second, its first death, and how many there were. */
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

/** Connects until the worker of a name serves again. */
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
    const lost = one.request(callFields("Unary"), [json(asked)]);
    // Peers see the end while the thread still hangs.
    await one.closed;
    assert.notEqual(statusOf(await lost), 0);
    const { worker, reason } = await death;
    assert.equal(`signer-${worker}`, names[0]);
    assert.match(reason, /hangs/);
    assert.equal(await ask(other, "who"), names[1]);
    await untilServes(rig, names[0]);
    Atomics.store(release, 0, 1);
    // The other one only waited all the time, which is not to hang.
    assert.equal(await ask(other, "who"), names[1]);
    assert.equal(deaths.length, 1);
  });
}

test("A worker that is busy for longer than a turn may take is left alone: its calls make progress", async () => {
  // 20 requests that took long to decode stood in one read. Their worker was replaced after 10 s, with the
  // connections of all others.
  const { rig, deaths } = await watchedPool(new Int32Array(1));
  await using _pool = rig;
  await using client = await rig.connect();
  await ask(client, "who");
  const calls = Array.from({ length: 40 }, () => ask(client, "busy"));
  for (const call of calls) assert.equal(await call, "done");
  assert.deepEqual(deaths, []);
});

test("A worker that ends itself is noticed and replaced, though nothing tells of it", async () => {
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

/** Descriptors that Deno opens for itself, in its own time. */
const DENO_OWN = 4;

/** Of a reactor: those of a thread that could not give them back are left. */
const REACTOR_DESCRIPTORS = 3;

/** How often `_worker_deaths.ts` counts a death. An acceptor alone would leave nine each time. */
const DEATHS = 4;

const leftovers = { die: 0, end: REACTOR_DESCRIPTORS, hang: REACTOR_DESCRIPTORS } as const;

for (const [asked, perDeath] of Object.entries(leftovers)) {
  test(`Workers that die again and again ("${asked}") give back what they had open`, async () => {
    // In a process of its own, as the test files of one run share a process.
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

Deno.test("A thread that cannot be seen is not taken for ended", () => {
  assert.equal(hasEnded(-1), false);
});
