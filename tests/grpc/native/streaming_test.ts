/** Streaming calls on the native server. @module */
import assert from "node:assert/strict";
import { bidi, clientStream, serverStream, unary } from "../../../src/grpc/handler.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { gate } from "../../_support/gate.ts";

const [test, { NativeRig, callFields, json, messagesOf, statusOf }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_rig.ts"),
);

test("A client stream gets one response to all of its requests", async () => {
  await using rig = new NativeRig({
    Collect: clientStream(async (requests: AsyncIterable<number>) => {
      let sum = 0;
      for await (const request of requests) sum += request;
      return sum;
    }),
  });
  await using client = await rig.connect();
  const pieces = [json(1), json(2), json(3)];
  assert.deepEqual(messagesOf(await client.request(callFields("Collect"), pieces)), [6]);
  assert.deepEqual(messagesOf(await client.request(callFields("Collect"), [])), [0]);
});

test("A server stream sends all responses, and then its trailers", async () => {
  await using rig = new NativeRig({
    Spread: serverStream(async function* (count: number, { responseTrailers }) {
      for (let i = 0; i < count; i++) yield i;
      responseTrailers.set("x-count", String(count));
    }),
  });
  await using client = await rig.connect();
  const response = await client.request(callFields("Spread"), [json(3)]);
  assert.deepEqual(messagesOf(response), [0, 1, 2]);
  assert.deepEqual(response.trailers, { "grpc-status": "0", "x-count": "3" });
  assert.equal(
    statusOf(await client.request(callFields("Spread"), [])),
    StatusCode.UNIMPLEMENTED,
  );
  assert.equal(
    statusOf(await client.request(callFields("Spread"), [json(1), json(1)])),
    StatusCode.UNIMPLEMENTED,
  );
});

test("A stream that fails after some responses delivers them and the error", async () => {
  await using rig = new NativeRig({
    Spread: serverStream(async function* () {
      yield 1;
      throw new Error("inside");
    }),
  });
  await using client = await rig.connect();
  const response = await client.request(callFields("Spread"), [json(0)]);
  assert.deepEqual(messagesOf(response), [1]);
  assert.equal(statusOf(response), StatusCode.INTERNAL);
});

test("A bidirectional stream responds before the requests end", async () => {
  await using rig = new NativeRig({
    Chat: bidi(async function* (requests: AsyncIterable<number>) {
      for await (const request of requests) yield request * 2;
    }),
  });
  await using client = await rig.connect();
  const call = client.open(callFields("Chat"), [json(1)], false);
  for (const [sent, last] of [[2, false], [3, true]] as const) {
    await client.ping();
    call.stream.sendData(json(sent), last);
    call.flush();
  }
  assert.deepEqual(messagesOf(await call.response), [2, 4, 6]);
});

test("A handler that does not read stops its peer by the window, and reads all in the end", async () => {
  const start = Promise.withResolvers<void>();
  await using rig = new NativeRig({
    Collect: clientStream(async (requests: AsyncIterable<string>) => {
      await start.promise;
      let length = 0;
      for await (const request of requests) length += request.length;
      return length;
    }),
  });
  await using client = await rig.connect();
  const size = 100_000;
  const count = 20;
  const call = client.open(callFields("Collect"), [], false);
  for (let i = 0; i < count; i++) call.stream.sendData(json("x".repeat(size)), i === count - 1);
  call.flush();
  await client.ping();
  await client.ping();
  assert.ok(call.stream.queuedBytes > size * 10, "Some of it waits for the window");
  start.resolve();
  assert.deepEqual(messagesOf(await call.response), [size * count]);
});

test("A message far larger than the window reaches a handler that waits for it", async () => {
  await using rig = new NativeRig({
    Collect: clientStream(async (requests: AsyncIterable<string>) => {
      let length = 0;
      for await (const request of requests) length += request.length;
      return length;
    }),
  });
  await using client = await rig.connect();
  const size = 3_000_000;
  const response = await client.request(callFields("Collect"), [json("y".repeat(size))]);
  assert.deepEqual(messagesOf(response), [size]);
});

test("Cancellation by the peer aborts the call's signal and ends its requests", async () => {
  const aborted = Promise.withResolvers<number>();
  await using rig = new NativeRig({
    Chat: bidi(async function* (requests: AsyncIterable<number>, { signal }) {
      let count = 0;
      yield "begun";
      for await (const _ of requests) count++;
      assert.equal(signal.aborted, true);
      aborted.resolve(count);
    }),
  });
  await using client = await rig.connect();
  const call = client.open(callFields("Chat"), [json(1), json(2)], false);
  await client.ping();
  await client.ping();
  call.stream.reset(8);
  call.flush();
  // Unread requests are dropped with the call.
  assert.ok(await aborted.promise <= 2);
});

test("The loss of a connection aborts every call on it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  let ended = 0;
  await using rig = new NativeRig({
    Unary: unary(async (_, { signal }) => {
      begun++;
      await new Promise((aborted) => signal.addEventListener("abort", aborted, { once: true }));
      if (++ended === 3) resolve();
    }),
  });
  {
    await using client = await rig.connect();
    for (let i = 0; i < 3; i++) client.open(callFields("Unary"), [json(i)], true);
    await client.ping();
    assert.equal(begun, 3);
  }
  await promise;
});

test("A deadline ends the call and aborts its signal, even if the handler continues", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  await using rig = new NativeRig({
    Unary: unary(async (_, { signal, deadline }) => {
      assert.ok(deadline! > Date.now() - 10_000 && deadline! < Date.now() + 10_000);
      await new Promise((aborted) => signal.addEventListener("abort", aborted, { once: true }));
      resolve(signal.aborted);
      return "too late";
    }),
  });
  await using client = await rig.connect();
  const fields = callFields("Unary", "grpc-timeout", "50m");
  const response = await client.request(fields, [json(1)]);
  assert.equal(statusOf(response), StatusCode.DEADLINE_EXCEEDED);
  assert.equal(await promise, true);
});

test("A deadline ends a call whose request never ends", async () => {
  await using rig = new NativeRig({ Unary: unary(() => 1) });
  await using client = await rig.connect();
  const fields = callFields("Unary", "grpc-timeout", "20m");
  const response = await client.open(fields, [json(1).subarray(0, 3)], false).response;
  assert.equal(statusOf(response), StatusCode.DEADLINE_EXCEEDED);
});

test("A slow reader is sent no more than its window, and a drain waits until it has read everything", async () => {
  let given = 0;
  await using rig = new NativeRig({
    Spread: serverStream(async function* (count: number) {
      for (; given < count; given++) yield "z".repeat(50_000);
    }),
  });
  await using client = await rig.connect();
  const response = client.request(callFields("Spread"), [json(60)]);
  await client.ping();
  const drained = rig.server.drain(60_000);
  assert.equal(messagesOf(await response).length, 60);
  await drained;
});
