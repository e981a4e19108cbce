/** Limits of the grpc-js server on the resources of one peer. @module */
import assert from "node:assert/strict";
import { bidi, clientStream, serverStream, StatusCode, unary } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { dataFrames, openCall } from "../hostile/_requests.ts";
import { settings } from "../http2/_frames.ts";
import { framed } from "../_support/framed.ts";
import { until } from "../_support/until.ts";
import { kindsService, loadLibc, Served } from "./_rig.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => {
    loadLibc();
    return {
      ...await import("../../src/grpc/grpcjs/mod.ts"),
      ...await import("./native/_attacker.ts"),
      ...await import("./native/_raw_client.ts"),
      ...await import("./native/_rig.ts"),
    };
  },
);
const { Attacker, hasRetryInfo, openGrpcJsServer, RawClient, requestFields, statusOf } = loaded;

type Limits = Parameters<typeof openGrpcJsServer>[1];

function serve(limits: Limits): Promise<Served> {
  const services = [kindsService({
    Unary: unary((request) => request),
    Chat: bidi(async function* (requests) {
      yield* requests;
    }),
  })];
  return Served.by(openGrpcJsServer({ services }, limits));
}

const portOf = ({ address }: Served) => Number(/\d+$/.exec(address)![0]);
const message = framed(new TextEncoder().encode(JSON.stringify("x".repeat(1_000))));

test("A request of one message that does not end is refused at its age", async () => {
  await using served = await serve({ maxRequestMs: 100 });
  await using attacker = await Attacker.connect(portOf(served));
  await attacker.send(openCall("/test.Kinds/Unary", 1), dataFrames(1, message));
  assert.ok(await attacker.saw(/^HEADERS 1 end$/));
  // A stream of messages may take its time.
  await attacker.send(openCall("/test.Kinds/Chat", 3), dataFrames(3, message));
  assert.ok(await attacker.saw(/^DATA 3 /));
  assert.ok(!attacker.frames.includes("HEADERS 3 end"));
});

test("A connection may open as many streams as are free, and leaves some for others", async () => {
  await using served = await serve({ maxOpenStreams: 8, minOpenStreamsPerConnection: 2 });
  await using first = await Attacker.connect(portOf(served));
  await using second = await Attacker.connect(portOf(served));
  for (const id of [1, 3, 5, 7, 9]) await first.send(openCall("/test.Kinds/Chat", id));
  assert.ok(await first.saw(/^HEADERS 9 end$/));
  for (const id of [1, 3, 5]) await second.send(openCall("/test.Kinds/Chat", id));
  assert.ok(await second.saw(/^HEADERS 5 end$/));
  assert.ok(!second.frames.includes("HEADERS 3 end"));
  // A closed stream makes room for another one.
  await first.send(dataFrames(1, new Uint8Array(0), true));
  assert.ok(await first.saw(/^HEADERS 1 end$/));
  await second.send(dataFrames(1, new Uint8Array(0), true), openCall("/test.Kinds/Chat", 7));
  assert.ok(await second.saw(/^HEADERS 1 end$/));
  assert.ok(!second.frames.includes("HEADERS 7 end"));
});

test("A request over the share of its connection is refused, and a small one is not", async () => {
  await using served = await serve({ maxHeldBytesPerConnection: 3_000, smallRequestBytes: 50 });
  await using attacker = await Attacker.connect(portOf(served));
  for (const id of [1, 3, 5]) {
    await attacker.send(openCall("/test.Kinds/Unary", id), dataFrames(id, message));
  }
  assert.ok(await attacker.saw(/^HEADERS 5 end$/));
  assert.deepEqual(attacker.frames.filter((line) => /^HEADERS/.test(line)), ["HEADERS 5 end"]);
  await attacker.send(
    openCall("/test.Kinds/Unary", 7),
    dataFrames(7, framed(Uint8Array.of(0x31)), true),
  );
  assert.ok(await attacker.saw(/^DATA 7 6$/));
  // The first two are still open, and are answered when they end.
  await attacker.send(dataFrames(1, new Uint8Array(0), true));
  assert.ok(await attacker.saw(/^DATA 1 /));
});

test("A request over the share of its connection is told when to try again", async () => {
  await using served = await serve({ maxHeldBytesPerConnection: 300, smallRequestBytes: 50 });
  await using client = await RawClient.connect({ host: "127.0.0.1", port: portOf(served) });
  const response = await client.request(requestFields("/test.Kinds/Unary"), [message]);
  assert.equal(statusOf(response), StatusCode.RESOURCE_EXHAUSTED);
  assert.ok(hasRetryInfo(response));
});

test("A peer that does not read its responses loses its connection", async () => {
  await using served = await serve({ maxStallMs: 200, stalledBytes: 10_000 });
  await using attacker = await Attacker.connect(portOf(served));
  await attacker.send(settings([4, 0]));
  for (let i = 0; i < 20; i++) {
    const id = 1 + 2 * i;
    await attacker.send(openCall("/test.Kinds/Unary", id), dataFrames(id, message, true));
  }
  await attacker.closed;
});

test("Binary metadata is decoded up to 64 values of a key", async () => {
  let values = 0;
  const services = [kindsService({
    Unary: unary((request, { metadata }) => {
      values = metadata.getAll("x-many-bin").length;
      return request;
    }),
  })];
  await using served = await Served.by(openGrpcJsServer({ services }));
  await using client = await RawClient.connect({ host: "127.0.0.1", port: portOf(served) });
  const many = Array(2_000).fill("AA").join(",");
  await client.request(requestFields("/test.Kinds/Unary", ["x-many-bin", many]), [message]);
  assert.equal(values, 64);
});

// The server wrote the time that was left in milliseconds, of which grpc-js reads the last 8 digits: a call with 12 days had
// 27 hours, and some had a millisecond.
test("A handler has the deadline of a timeout that takes more than 8 digits of milliseconds", async () => {
  let deadline: number | undefined;
  const services = [kindsService({
    Unary: unary((request, context) => {
      deadline = context.deadline;
      return request;
    }),
  })];
  await using served = await Served.by(openGrpcJsServer({ services }));
  await using client = await RawClient.connect({ host: "127.0.0.1", port: portOf(served) });
  const began = Date.now();
  const fields = requestFields("/test.Kinds/Unary", ["grpc-timeout", "1000000S"]);
  await client.request(fields, [message]);
  const seconds = (deadline! - began) / 1_000;
  assert.ok(seconds > 999_900 && seconds < 1_000_100, `${seconds} s`);
});

// The handler got the end of its requests, and the call ended with OK.
test("A stream of requests that ends within a message is reset, and its call is cancelled", async () => {
  let isCancelled = false;
  const services = [kindsService({
    Collect: clientStream(async (requests, { signal }) => {
      signal.addEventListener("abort", () => isCancelled = true);
      return (await Array.fromAsync(requests)).length;
    }),
  })];
  await using served = await Served.by(openGrpcJsServer({ services }));
  await using client = await RawClient.connect({ host: "127.0.0.1", port: portOf(served) });
  const pieces = [message, message.subarray(0, 20)];
  const { reset } = await client.request(requestFields("/test.Kinds/Collect"), pieces);
  assert.equal(reset, 2);
  await until("the call is cancelled", () => isCancelled);
});

// grpc-js ended the stream at the deadline and wrote the next response after that, and the stream never closed.
test("A stream of responses ends when its deadline passes between two of them", async () => {
  const services = [kindsService({
    Spread: serverStream(async function* (request) {
      for (let i = 0; i < 3; i++) yield request;
    }),
  })];
  await using served = await Served.by(openGrpcJsServer({ services }));
  await using client = await RawClient.connect({ host: "127.0.0.1", port: portOf(served) });
  const fields = requestFields("/test.Kinds/Spread", ["grpc-timeout", "0S"]);
  const statuses: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    client.request(fields, [message]).then((response) => statuses.push(statusOf(response)));
  }
  await until("the calls have ended", () => statuses.length === 20, 10_000);
  // A call may end before its timer of 0 ms runs.
  const { OK, DEADLINE_EXCEEDED } = StatusCode;
  assert.deepEqual(statuses.filter((one) => one !== OK && one !== DEADLINE_EXCEEDED), []);
});

test("Limits of a running server: ours hold at once, and those of grpc-js for new connections", async () => {
  // On this stack alone they needed a restart: a reload had no effect on a peer that sent too much.
  await using served = await serve({ smallRequestBytes: 50 });
  await using before = await Attacker.connect(portOf(served));
  await before.send(openCall("/test.Kinds/Chat", 1), dataFrames(1, message));
  assert.ok(await before.saw(/^DATA 1 /));
  await served.server.setLimits({ maxHeldBytesPerConnection: 4_000, maxRequestBytes: 500 });
  await using after = await Attacker.connect(portOf(served));
  await after.send(openCall("/test.Kinds/Unary", 1), dataFrames(1, message, true));
  assert.ok(await after.saw(/^HEADERS 1 end$/), `${after.frames}`);
  // The open connection keeps the earlier limits of grpc-js, and its calls go on.
  await before.send(openCall("/test.Kinds/Unary", 3), dataFrames(3, message, true));
  assert.ok(await before.saw(/^DATA 3 /));
  await before.send(dataFrames(1, new Uint8Array(0), true));
  assert.ok(await before.saw(/^HEADERS 1 end$/));
  for (const id of [5, 7, 9, 11]) {
    await before.send(openCall("/test.Kinds/Unary", id), dataFrames(id, message));
  }
  assert.ok(await before.saw(/^HEADERS 11 end$/));
  assert.ok(!before.frames.includes("DATA 11 "));
});

test("A server whose limits have changed drains the connections of before and after", async () => {
  await using served = await serve({});
  const attackers: AsyncDisposable[] = [];
  await using _attackers = {
    async [Symbol.asyncDispose]() {
      for (const attacker of attackers) await attacker[Symbol.asyncDispose]();
    },
  };
  const ends: Promise<string>[] = [];
  for (let i = 0; i < 5; i++) {
    const attacker = await Attacker.connect(portOf(served));
    attackers.push(attacker);
    await attacker.send(openCall("/test.Kinds/Unary", 1), dataFrames(1, message, true));
    assert.ok(await attacker.saw(/^DATA 1 /));
    ends.push(attacker.end);
    await served.server.setLimits({ maxConcurrentStreams: 100 + i });
  }
  await served.server.drain(300);
  assert.deepEqual(await Promise.all(ends), Array(5).fill("NO_ERROR"));
});
