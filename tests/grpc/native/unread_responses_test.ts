/** Calls whose responses do not fit the output of their connection. @module */
import assert from "node:assert/strict";
import { bidi, clientStream, unary } from "../../../src/grpc/handler.ts";
import type { ThreadReport } from "../../../src/grpc/inspection.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { settings, windowUpdate } from "../../http2/_frames.ts";
import { gate } from "../../_support/gate.ts";
import { framed } from "../../_support/framed.ts";

const [test, { Attacker, NativeRig, callFields, json, statusOf, ...rest }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_attacker.ts"),
    ...await import("./_rig.ts"),
    ...await import("../../hostile/_requests.ts"),
    ...await import("../_rig.ts"),
  }),
);
const { dataFrames, kinds, openCall, streamId } = rest;

const INITIAL_WINDOW_SIZE = 4;
const text = "x".repeat(50_000);

async function portOf(rig: InstanceType<typeof NativeRig>): Promise<number> {
  return Number((await rig.address()).split(":").at(-1));
}

test("Unary calls wait before they run while the connection is full, and run once it is read", async () => {
  let ran = 0;
  const handlers = { Unary: unary((request: string) => (ran++, request)) };
  await using rig = new NativeRig(handlers, { maxConnectionUnreadBytes: 80_000 });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
  });
  for (let i = 0; i < 5; i++) {
    const id = streamId(i);
    await peer.send(openCall("/test.Kinds/Unary", id), dataFrames(id, json(text), true));
  }
  await peer.settled();
  assert.equal(ran, 2);
  await peer.send(settings([INITIAL_WINDOW_SIZE, 100_000]), windowUpdate(0, 1_000_000));
  for (let i = 0; i < 5; i++) {
    assert.ok(await peer.saw(new RegExp(`^HEADERS ${streamId(i)} end$`)));
  }
  assert.equal(ran, 5);
  assert.equal(peer.ended, false);
});

test("A stream of responses waits while the connection is full, even if its own window is open", async () => {
  let sent = 0;
  const handlers = {
    Unary: unary((request: string) => request),
    Chat: bidi(async function* () {
      for (; sent < 100; sent++) yield text;
    }),
  };
  await using rig = new NativeRig(handlers, { maxConnectionUnreadBytes: 80_000 });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 2 ** 30]],
  });
  for (const id of [1, 3, 5]) {
    await peer.send(openCall("/test.Kinds/Chat", id), dataFrames(id, json(1), true));
  }
  await peer.settled();
  assert.ok(sent < 8, `${sent} responses`);
});

// The calls ran while the connection had room, and 64 MiB of their responses filled it: the others failed.
test("Responses of asynchronous unary handlers wait while the connection is full", async () => {
  const large = "x".repeat(1 << 20);
  const ready = Promise.withResolvers<void>();
  const handlers = { Unary: unary(async () => (await ready.promise, large)) };
  await using rig = new NativeRig(handlers, {
    maxHeldBytes: 2 ** 30,
    maxHeldBytesPerConnection: 2 ** 30,
  });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
  });
  const calls = Array.from({ length: 80 }, (_, i) => streamId(i));
  for (const id of calls) {
    await peer.send(openCall("/test.Kinds/Unary", id), dataFrames(id, json(1), true));
  }
  await peer.settled();
  ready.resolve();
  await peer.settled();
  const [{ unreadBytes, callCount }] = await rig.server.inspect() as ThreadReport[];
  assert.equal(callCount, 80);
  assert.ok(unreadBytes <= 18 << 20, `${unreadBytes} bytes`);
  await peer.send(settings([INITIAL_WINDOW_SIZE, 2 << 20]), windowUpdate(0, 100 << 20));
  // Trailers alone are the end of a call that has failed; DATA precedes those of the others.
  for (const id of calls) assert.ok(await peer.saw(new RegExp(`^HEADERS ${id} end$`)), `${id}`);
  for (const id of calls) {
    assert.ok(peer.frames.some((line) => line.startsWith(`DATA ${id} `)), `${id}`);
  }
});

test("Responses that wait are held bytes, and calls beyond the limit fail", async () => {
  const ready = Promise.withResolvers<void>();
  const handlers = { Unary: unary(async () => (await ready.promise, text)) };
  await using rig = new NativeRig(handlers, {
    maxConnectionUnreadBytes: 80_000,
    maxHeldBytesPerConnection: 250_000,
  });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
  });
  // Two fit the output, and two the held bytes: a string is counted with two bytes for each character.
  for (let i = 0; i < 6; i++) {
    const id = streamId(i);
    await peer.send(openCall("/test.Kinds/Unary", id), dataFrames(id, json(1), true));
  }
  await peer.settled();
  ready.resolve();
  await peer.settled();
  const over = () =>
    [0, 1, 2, 3, 4, 5].filter((i) => peer.frames.includes(`HEADERS ${streamId(i)} end`));
  assert.deepEqual(over(), [4, 5]);
  await peer.send(settings([INITIAL_WINDOW_SIZE, 100_000]), windowUpdate(0, 1_000_000));
  for (const id of [1, 3, 5, 7]) assert.ok(await peer.saw(new RegExp(`^HEADERS ${id} end$`)));
});

test("The deadline ends an asynchronous call whose response waits for room, and the others go on", async () => {
  const ready = Promise.withResolvers<void>();
  const handlers = { Unary: unary(async () => (await ready.promise, text)) };
  await using rig = new NativeRig(handlers, { maxConnectionUnreadBytes: 80_000 });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
  });
  for (let i = 0; i < 5; i++) {
    const id = streamId(i);
    const timeout = i === 3 ? ["grpc-timeout", "500m"] : [];
    const call = openCall("/test.Kinds/Unary", id, ...timeout);
    await peer.send(call, dataFrames(id, json(1), true));
  }
  await peer.settled();
  ready.resolve();
  // Its response headers were not sent: the status is in the only header section.
  assert.ok(await peer.saw(/^HEADERS 7 end$/));
  await peer.send(settings([INITIAL_WINDOW_SIZE, 100_000]), windowUpdate(0, 1_000_000));
  for (const id of [1, 3, 5, 9]) assert.ok(await peer.saw(new RegExp(`^HEADERS ${id} end$`)));
  assert.ok(!peer.frames.some((line) => line.startsWith("DATA 7 ")));
});

// The memory of its request was used for the next one: a client could read the bytes of another.
test("A response that waits may be bytes of its request", async () => {
  const handlers = { Unary: unary((request: Uint8Array) => Promise.resolve(request)) };
  const Unary = {
    ...kinds.Unary,
    requestDeserialize: (bytes: Uint8Array) => bytes,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
  };
  const service = { definition: { Unary }, handlers };
  await using rig = new NativeRig(handlers, { maxConnectionUnreadBytes: 80_000 }, service);
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
    keeps: true,
  });
  const ids = [1, 3, 5, 7, 9];
  const sent = (id: number) => new Uint8Array(40_000).fill(0x80 + id);
  for (const id of ids) {
    await peer.send(openCall("/test.Kinds/Unary", id), dataFrames(id, framed(sent(id)), true));
  }
  await peer.settled();
  await peer.send(settings([INITIAL_WINDOW_SIZE, 100_000]), windowUpdate(0, 1_000_000));
  for (const id of ids) assert.ok(await peer.saw(new RegExp(`^HEADERS ${id} end$`)), `${id}`);
  const received = Buffer.concat(peer.received);
  const counts = ids.map((id) => received.filter((byte) => byte === 0x80 + id).length);
  for (const count of counts) assert.ok(count >= 40_000 && count < 40_100, counts.join());
});

test("The response of a client stream waits while the connection is full", async () => {
  let done = 0;
  const handlers = {
    Collect: clientStream(async (requests: AsyncIterable<number>) => {
      for await (const _ of requests);
      done++;
      return text;
    }),
  };
  await using rig = new NativeRig(handlers, { maxConnectionUnreadBytes: 80_000 });
  await using peer = await Attacker.connect(await portOf(rig), {
    settings: [[INITIAL_WINDOW_SIZE, 0]],
  });
  for (let i = 0; i < 5; i++) {
    const id = streamId(i);
    await peer.send(openCall("/test.Kinds/Collect", id), dataFrames(id, json(1), true));
  }
  await peer.settled();
  assert.equal(done, 5);
  const [{ unreadBytes }] = await rig.server.inspect() as ThreadReport[];
  assert.ok(unreadBytes < 140_000, `${unreadBytes} bytes`);
  await peer.send(settings([INITIAL_WINDOW_SIZE, 100_000]), windowUpdate(0, 1_000_000));
  for (let i = 0; i < 5; i++) {
    assert.ok(await peer.saw(new RegExp(`^HEADERS ${streamId(i)} end$`)));
  }
});

test("A response that does not fit the queue ends its call only", async () => {
  const handlers = {
    Unary: unary((size: number) => "x".repeat(size)),
  };
  await using rig = new NativeRig(handlers);
  await using client = await rig.connect();
  const sizes = [1, 65 << 20, 2];
  const responses = await Promise.all(
    sizes.map((size) => client.request(callFields("Unary"), [json(size)])),
  );
  assert.deepEqual(responses.map(statusOf), [
    StatusCode.OK,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.OK,
  ]);
  assert.match(responses[1].trailers["grpc-message"], /wait for the client to read/);
});

test("Errors quote the peer's text truncated", async () => {
  await using rig = new NativeRig({ Unary: unary((request: string) => request) });
  await using client = await rig.connect();
  const long = "y".repeat(4_000);
  const requests = [
    client.request(callFields("Unary").with(5, `/${long}`), [json(1)]),
    client.request(callFields("Unary", "grpc-timeout", long), [json(1)]),
    client.request(callFields("Unary", "grpc-encoding", long), [json(1, new Uint8Array(9))]),
  ];
  for (const response of await Promise.all(requests)) {
    const message = response.headers["grpc-message"] ?? response.trailers["grpc-message"];
    assert.match(message, /y{100}/);
    assert.ok(message.length < 1_100, message);
  }
});
