/** The life of a connection: keepalive, age, drain, garbage. @module */
import assert from "node:assert/strict";
import { unary } from "../../../src/grpc/handler.ts";
import { gate } from "../../_support/gate.ts";
import { describe } from "../../http2/_frames.ts";

const [test, { NativeRig, callFields, json, messagesOf }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_rig.ts"),
);

const echo = { Unary: unary((request: unknown) => request) };
/** ENHANCE_YOUR_CALM of RFC 9113 section 7. */
const enhanceYourCalm = 0xb;

test("Too frequent PINGs end the connection with `too_many_pings`", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  // The first is not early, and two strikes are allowed.
  for (let i = 0; i < 3; i++) await client.ping();
  client.ping();
  const goaway = await client.goaway;
  assert.equal(goaway.errorCode, enhanceYourCalm);
  assert.match(String(goaway.debugData), /too_many_pings/);
  await client.closed;
});

test("PINGs between responses are no strikes", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(i)])), [i]);
    await client.ping();
  }
});

test("A connection that is idle for too long is drained and closed", async () => {
  await using rig = new NativeRig(echo, { maxConnectionIdleMs: 1 });
  await using client = await rig.connect();
  assert.equal((await client.goaway).errorCode, 0);
  await client.closed;
});

test("A connection that is too old is drained: its calls complete, and then it is closed", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = new NativeRig(
    { Unary: unary(() => promise.then(() => "done")) },
    { maxConnectionAgeMs: 1 },
  );
  await using client = await rig.connect();
  const response = client.request(callFields("Unary"), [json(1)]);
  assert.equal((await client.goaway).errorCode, 0);
  resolve();
  assert.deepEqual(messagesOf(await response), ["done"]);
  await client.closed;
});

test("A connection past its age and grace is closed with its calls", async () => {
  await using rig = new NativeRig(
    {
      Unary: unary((_, { signal }) =>
        new Promise((aborted) => signal.addEventListener("abort", aborted, { once: true }))
      ),
    },
    { maxConnectionAgeMs: 1, maxConnectionAgeGraceMs: 1 },
  );
  await using client = await rig.connect();
  await client.request(callFields("Unary"), [json(1)]);
  await client.closed;
});

test("A silent peer is sent a PING, and its connection is closed without an answer", async () => {
  await using rig = new NativeRig(echo, { keepaliveMs: 1, keepaliveTimeoutMs: 1 });
  const address = await rig.address();
  const [host, port] = address.replace("tcp://", "").split(":");
  using conn = await Deno.connect({ hostname: host, port: Number(port) });
  const { CLIENT_PREFACE } = await import("../../../src/http2/preface.ts");
  await conn.write(Uint8Array.from([...CLIENT_PREFACE, 0, 0, 0, 4, 0, 0, 0, 0, 0]));
  const buffer = new Uint8Array(4_096);
  const sent: number[] = [];
  for (let size; (size = await conn.read(buffer)) !== null;) sent.push(...buffer.subarray(0, size));
  const pings = describe(Uint8Array.from(sent)).filter((frame) => frame.startsWith("PING"));
  assert.equal(pings.length, 1);
});

test("A peer that does not speak HTTP/2 gets an error and is disconnected, and others are served", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const address = await rig.address();
  const [host, port] = address.replace("tcp://", "").split(":");
  for (const text of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\0\0", "PRI * HTTP/2.0\r\n\r\nXX"]) {
    using conn = await Deno.connect({ hostname: host, port: Number(port) });
    await conn.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(4_096);
    while (await conn.read(buffer) !== null);
    assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(text)])), [text]);
  }
});

test("A drain completes active calls, refuses new ones, and closes all connections", async () => {
  const gates = Array.from({ length: 8 }, () => Promise.withResolvers<void>());
  await using rig = new NativeRig({
    Unary: unary((i: number) => gates[i].promise.then(() => i)),
  });
  const clients = await Promise.all(gates.map(() => rig.connect()));
  const responses = clients.map((client, i) => client.request(callFields("Unary"), [json(i)]));
  await Promise.all(clients.map((client) => client.ping()));
  const drained = rig.server.drain(60_000);
  await Promise.all(clients.map(({ goaway }) => goaway));
  gates.forEach(({ resolve }) => resolve());
  assert.deepEqual((await Promise.all(responses)).map(messagesOf), gates.map((_, i) => [i]));
  await drained;
  await Promise.all(clients.map(({ closed }) => closed));
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test("A drain ends the remaining calls after its grace", async () => {
  const aborted = Promise.withResolvers<void>();
  await using rig = new NativeRig({
    Unary: unary((_, { signal }) =>
      new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => {
          aborted.resolve();
          resolve();
        }, { once: true })
      )
    ),
  });
  await using client = await rig.connect();
  client.open(callFields("Unary"), [json(1)], true);
  await client.ping();
  await rig.server.drain(10);
  await aborted.promise;
  await client.closed;
});

test("Random frames after a valid preface end their connections, and never the server", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const { port } = new URL(`http://${(await rig.address()).replace("tcp://", "")}`);
  const { generator } = await import("../../http2/_random.ts");
  const { CLIENT_PREFACE } = await import("../../../src/http2/preface.ts");
  const below = generator(7);
  const settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
  for (let round = 0; round < 100; round++) {
    const bytes = [...CLIENT_PREFACE, ...settings];
    for (let frames = 1 + below(20); frames > 0; frames--) {
      const length = below(40);
      bytes.push(0, 0, length, below(11), below(256), 0, 0, 0, below(6));
      for (let i = 0; i < length; i++) bytes.push(below(256));
    }
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    try {
      await conn.write(Uint8Array.from(bytes));
      await conn.closeWrite();
      const buffer = new Uint8Array(4_096);
      while (await conn.read(buffer) !== null);
    } catch {
      // The server has reset the connection.
    } finally {
      conn.close();
    }
    assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(round)])), [round]);
  }
});
