/** Calls whose responses do not fit the output of their connection. @module */
import assert from "node:assert/strict";
import { bidi, unary } from "../../../src/grpc/handler.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { settings, windowUpdate } from "../../http2/_frames.ts";
import { gate } from "../../_support/gate.ts";

const [test, { Attacker, NativeRig, callFields, json, statusOf, ...rest }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_attacker.ts"),
    ...await import("./_rig.ts"),
    ...await import("../../hostile/_requests.ts"),
  }),
);
const { dataFrames, openCall, streamId } = rest;

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
