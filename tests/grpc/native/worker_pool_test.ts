/** Pools of workers. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../../_support/gate.ts";
import { until } from "../../_support/until.ts";
import type { RawClient } from "./_raw_client.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  async () => ({
    ...await import("./_rig.ts"),
    ...await import("./_pool.ts"),
    StatusCode: (await import("../../../src/grpc/mod.ts")).StatusCode,
    startThread: (await import("../../../src/grpc/stacks/mod.ts")).startThread,
  }),
);
const { PoolRig, StatusCode, ask, callFields, json, messagesOf, startThread, statusOf } = loaded;

test("Connections are distributed evenly over the workers, whichever accepts them", async () => {
  await using rig = await PoolRig.start(3);
  const clients: RawClient[] = [];
  const served = new Map<unknown, number>();
  for (let i = 0; i < 60; i++) {
    const client = await rig.connect();
    clients.push(client);
    const who = await ask(client, "who");
    served.set(who, (served.get(who) ?? 0) + 1);
  }
  assert.deepEqual([...served.values()], [20, 20, 20], [...served.keys()].join());
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test("Concurrent connections are distributed too, and each is served", async () => {
  await using rig = await PoolRig.start(2);
  const clients = await Promise.all(Array.from({ length: 100 }, () => rig.connect()));
  const served = await Promise.all(clients.map((client) => ask(client, "who")));
  const first = served.filter((who) => who === served[0]).length;
  assert.ok(first >= 40 && first <= 60, `${first} of 100 are on one of two workers`);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test("A worker that fails loses its own connections only, and is replaced", async () => {
  const death = Promise.withResolvers<[number, string]>();
  await using rig = await PoolRig.start(2, {
    onFailure: (worker, reason) => death.resolve([worker, reason]),
  });
  await using one = await rig.connect();
  await using other = await rig.connect();
  const names = [await ask(one, "who"), await ask(other, "who")];
  assert.notEqual(names[0], names[1]);
  const lost = await one.request(callFields("Unary"), [json("die")]);
  assert.equal(lost.status, 0);
  await one.closed;
  const [worker, reason] = await death.promise;
  assert.equal(`signer-${worker}`, names[0]);
  assert.match(reason, /told to die/);
  assert.equal(await ask(other, "who"), names[1]);
  // The remaining worker has the first connection: the next ones go to the replacement once it serves.
  const later: RawClient[] = [];
  for (let who = names[1]; who !== names[0];) {
    const client = await rig.connect();
    later.push(client);
    who = await ask(client, "who");
  }
  for (const client of later) await client[Symbol.asyncDispose]();
});

// A request that arrived before there was a server was never counted as read: the thread waited for it, and served
// nothing.
test("A worker serves that was asked for a report while it started", async () => {
  const failure = Promise.withResolvers<void>();
  const reasons: string[] = [];
  await using rig = await PoolRig.start(1, {
    setup: () => ({ data: "slow" }),
    onFailure(_, reason) {
      reasons.push(reason);
      failure.resolve();
    },
  });
  await using first = await rig.connect();
  first.request(callFields("Unary"), [json("die")]).catch(() => {});
  await failure.promise;
  const reports = [];
  for (let i = 0; i < 40; i++) {
    reports.push(rig.pool.inspect());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await using second = await rig.connect();
  assert.equal(await ask(second, "who"), "signer-0");
  await Promise.all(reports);
  assert.deepEqual(reasons, ["told to die"]);
});

test("New limits hold for open connections, and for the replacement of a worker", async () => {
  const death = Promise.withResolvers<void>();
  await using rig = await PoolRig.start(1, { onFailure: () => death.resolve() });
  const long = [json("who".padEnd(100))];
  const sendLong = async (client: RawClient) =>
    statusOf(await client.request(callFields("Unary"), long));
  await using before = await rig.connect();
  assert.notEqual(await sendLong(before), StatusCode.RESOURCE_EXHAUSTED);
  await rig.pool.setLimits({ maxRequestBytes: 50 });
  assert.equal(await sendLong(before), StatusCode.RESOURCE_EXHAUSTED);
  assert.equal(await ask(before, "who"), "signer-0");
  await before.request(callFields("Unary"), [json("die")]);
  await death.promise;
  await using after = await rig.connect();
  assert.equal(await sendLong(after), StatusCode.RESOURCE_EXHAUSTED);
});

test("A handler that returns a promise is awaited, and other calls are served in the meantime", async () => {
  await using rig = await PoolRig.start(1);
  await using client = await rig.connect();
  for (let i = 0; i < 20; i++) {
    const answers = await Promise.all([ask(client, "later"), ask(client, "who")]);
    assert.deepEqual(answers, ["later", "signer-0"]);
  }
  assert.equal(await ask(client, "setup"), "as given");
});

test("A stream continues while its worker blocks between messages", async () => {
  await using rig = await PoolRig.start(1);
  await using client = await rig.connect();
  const call = client.open(callFields("Chat"), [json(0)], false);
  for (let i = 1; i < 10; i++) {
    assert.equal(await ask(client, "who"), "signer-0");
    call.stream.sendData(json(i), i === 9);
    call.flush();
  }
  assert.deepEqual(messagesOf(await call.response), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("A drain reaches every worker, completes its calls, and closes all connections", async () => {
  await using rig = await PoolRig.start(2);
  const clients = await Promise.all([rig.connect(), rig.connect(), rig.connect()]);
  const responses = clients.map((client) => client.request(callFields("Spread"), [json(0)]));
  await Promise.all(clients.map((client) => client.ping()));
  await rig.pool.drain(60_000);
  for (const response of responses) {
    assert.deepEqual(messagesOf(await response), ["waiting", "draining"]);
  }
  await Promise.all(clients.map(({ closed }) => closed));
  for (const client of clients) await client[Symbol.asyncDispose]();
  await assert.rejects(() => rig.connect(), Deno.errors.ConnectionRefused);
});

test("A pool that is closed with active calls closes every descriptor", async () => {
  // In a child process, because the test files of one run share the descriptors of a process.
  const script = fileURLToPath(new URL("./_pool_descriptors.ts", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", script],
    stderr: "null",
  }).output();
  const grown = Number(new TextDecoder().decode(stdout));
  // For eight pools with two workers each; Deno itself may open some descriptors at any time.
  assert.ok(grown <= 4, `${grown} descriptors were left open`);
});

test("A pool takes threads that load already, and starts those again that have failed", async () => {
  const entry = new URL("./_worker.ts", import.meta.url);
  const failed = startThread(new URL("./no_such_worker.ts", import.meta.url), 1);
  await until("the thread has failed", () => failed.hasFailed);
  const loading = startThread(entry, 0);
  let messages = 0;
  loading.worker.addEventListener("message", () => messages++);
  await using rig = await PoolRig.start(2, { entry, threads: [loading, failed] });
  assert.ok(messages > 0, "the first worker is another one");
  assert.ok(rig.pool.responds);
  failed.worker.terminate();
});

test("A worker that cannot start fails the pool", async () => {
  const entry = new URL("./no_such_worker.ts", import.meta.url);
  await assert.rejects(PoolRig.start(2, { entry }), /Worker \d has ended/);
  await assert.rejects(PoolRig.start(0), /Cannot start 0 workers/);
});
