/** The protocol of the native server, by valid and invalid requests. @module */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { bidi, serverStream, unary } from "../../../src/grpc/handler.ts";
import { StatusCode } from "../../../src/grpc/status.ts";
import { gate } from "../../_support/gate.ts";
import { framed } from "../../_support/framed.ts";

const [test, { NativeRig, callFields, hasRetryInfo, json, ...rest }] = await gate([
  "net",
  "env",
  "read",
  "sys",
  "ffi",
], async () => ({
  ...await import("./_rig.ts"),
  ...await import("./_raw_client.ts"),
  ...await import("../../../src/grpc/mod.ts"),
}));
const { messagesOf, requestFields, RpcError, Metadata, statusOf } = rest;

const echo = { Unary: unary((request: unknown) => request) };

test("A unary call is answered with headers, one message and trailers", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const response = await client.request(callFields("Unary"), [json({ a: 1 })]);
  assert.equal(response.status, 200);
  assert.equal(response.headers["content-type"], "application/grpc+proto");
  assert.equal(response.headers["grpc-accept-encoding"], "identity,gzip");
  assert.deepEqual(messagesOf(response), [{ a: 1 }]);
  assert.deepEqual(response.trailers, { "grpc-status": "0" });
});

test("Requests other than gRPC's are answered with HTTP status 415 or 405", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const with_ = (name: string, value: string) =>
    callFields("Unary").map((field, i, all) => all[i - 1] === name ? value : field);
  for (const type of ["application/json", "application/grpc-web", "application/grpcx"]) {
    const response = await client.request(with_("content-type", type), [json(1)]);
    assert.deepEqual([response.status, response.headers["grpc-status"]], [415, undefined], type);
  }
  const without = callFields("Unary").slice(0, -2);
  assert.equal((await client.request(without, [json(1)])).status, 415);
  const got = await client.request(with_(":method", "GET"), []);
  assert.deepEqual([got.status, got.headers.allow], [405, "POST"]);
});

test("A request without `te: trailers` is served, as by grpc-js", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const fields = callFields("Unary").filter((field) => field !== "te" && field !== "trailers");
  assert.deepEqual(messagesOf(await client.request(fields, [json(1)])), [1]);
});

test("An unknown method is UNIMPLEMENTED in a trailers-only response", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  for (const path of ["/test.Kinds/None", "/no.Such/Unary", "/", "/%25/ü"]) {
    const response = await client.request(requestFields(encodeURI(path)), [json(1)]);
    assert.equal(response.headers["grpc-status"], String(StatusCode.UNIMPLEMENTED), path);
    assert.deepEqual(response.trailers, {});
    assert.match(response.headers["grpc-message"], /does not implement the method/);
  }
});

test("A malformed `grpc-timeout` is INTERNAL, with its text in the message", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  for (const value of ["1", "x", "-1S", "123456789S", "1 S", "1.5S"]) {
    const response = await client.request(callFields("Unary", "grpc-timeout", value), [json(1)]);
    assert.equal(statusOf(response), StatusCode.INTERNAL, value);
    assert.match(response.headers["grpc-message"], /Invalid grpc-timeout/);
  }
});

test("A `grpc-timeout` of 0 is DEADLINE_EXCEEDED, and the handler does not run", async () => {
  let ran = 0;
  await using rig = new NativeRig({ Unary: unary(() => ++ran) });
  await using client = await rig.connect();
  const response = await client.request(callFields("Unary", "grpc-timeout", "0n"), [json(1)]);
  assert.equal(statusOf(response), StatusCode.DEADLINE_EXCEEDED);
  assert.equal(ran, 0);
});

test("A truncated, too long, duplicate or missing request message has its status", async () => {
  await using rig = new NativeRig(echo, { maxRequestBytes: 100 });
  await using client = await rig.connect();
  const cases: [string, Uint8Array[], number][] = [
    ["no message", [], StatusCode.UNIMPLEMENTED],
    ["an empty piece", [new Uint8Array(0)], StatusCode.UNIMPLEMENTED],
    ["two messages", [json(1), json(2)], StatusCode.UNIMPLEMENTED],
    [
      "two messages in one piece",
      [Uint8Array.from([...json(1), ...json(2)])],
      StatusCode.UNIMPLEMENTED,
    ],
    ["half a prefix", [Uint8Array.of(0, 0)], StatusCode.INTERNAL],
    ["half a message", [json("long enough").subarray(0, 9)], StatusCode.INTERNAL],
    ["a message and half another", [json(1), json(2).subarray(0, 3)], StatusCode.INTERNAL],
    ["a flag of 2", [Uint8Array.of(2, 0, 0, 0, 1, 49)], StatusCode.INTERNAL],
    ["what is no JSON", [framed(new Uint8Array(3))], StatusCode.INTERNAL],
    ["one byte over", [framed(new Uint8Array(101))], StatusCode.RESOURCE_EXHAUSTED],
    ["4 GiB", [Uint8Array.of(0, 255, 255, 255, 255, 1)], StatusCode.RESOURCE_EXHAUSTED],
  ];
  for (const [name, pieces, status] of cases) {
    const response = await client.request(callFields("Unary"), pieces);
    assert.equal(statusOf(response), status, name);
  }
  assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(1)])), [1]);
});

test("A request in pieces of one byte is assembled", async () => {
  await using rig = new NativeRig(echo);
  await using client = await rig.connect();
  const pieces = [...json({ text: "in pieces" })].map((byte) => Uint8Array.of(byte));
  const response = await client.request(callFields("Unary"), pieces);
  assert.deepEqual(messagesOf(response), [{ text: "in pieces" }]);
});

test("A compressed message is read with a supported `grpc-encoding` only", async () => {
  await using rig = new NativeRig(echo, { maxRequestBytes: 10_000 });
  await using client = await rig.connect();
  const gzip = gzipSync(JSON.stringify("x".repeat(5_000)));
  const bomb = gzipSync(new Uint8Array(1 << 22));
  const cases: [string, string[], Uint8Array, number][] = [
    ["gzip", ["grpc-encoding", "gzip"], gzip, StatusCode.OK],
    ["no encoding", [], gzip, StatusCode.INTERNAL],
    ["identity", ["grpc-encoding", "identity"], gzip, StatusCode.INTERNAL],
    ["another", ["grpc-encoding", "zstd"], gzip, StatusCode.UNIMPLEMENTED],
    ["a bomb", ["grpc-encoding", "gzip"], bomb, StatusCode.RESOURCE_EXHAUSTED],
    ["what is no gzip", ["grpc-encoding", "gzip"], new Uint8Array(9), StatusCode.INTERNAL],
  ];
  for (const [name, extra, message, status] of cases) {
    const fields = callFields("Unary", ...extra);
    const response = await client.request(fields, [json(undefined, message)]);
    assert.equal(statusOf(response), status, name);
  }
  const plain = callFields("Unary", "grpc-encoding", "zstd");
  assert.deepEqual(messagesOf(await client.request(plain, [json(1)])), [1]);
});

test("An error has its message percent-encoded, its metadata, and the response headers set before", async () => {
  await using rig = new NativeRig({
    Unary: unary((_, { responseHeaders }) => {
      responseHeaders.set("x-before", "1");
      const metadata = new Metadata([["x-why", "because"], ["x-why-bin", Uint8Array.of(255)]]);
      throw new RpcError("NOT_FOUND", "Nothing at 100% ☃", { metadata });
    }),
  });
  await using client = await rig.connect();
  const response = await client.request(callFields("Unary"), [json(1)]);
  assert.equal(response.headers["x-before"], "1");
  assert.deepEqual(response.trailers, {
    "grpc-status": "5",
    "grpc-message": "Nothing at 100%25 %E2%98%83",
    "x-why": "because",
    "x-why-bin": "/w",
  });
});

test("An error other than RpcError is INTERNAL without details", async () => {
  await using rig = new NativeRig({
    Unary: unary(() => {
      throw new Error("the secret");
    }),
  });
  await using client = await rig.connect();
  const response = await client.request(callFields("Unary"), [json(1)]);
  assert.equal(statusOf(response), StatusCode.INTERNAL);
  assert.equal(response.headers["grpc-message"], "Internal error");
});

test("A response that cannot be serialized, or trailers that are too large, end their call only", async () => {
  await using rig = new NativeRig({
    Unary: unary((request: string, { responseTrailers }) => {
      if (request === "large") responseTrailers.set("x", "y".repeat(100_000));
      return request === "circle" ? 1n : request;
    }),
  });
  await using client = await rig.connect();
  assert.equal(
    statusOf(await client.request(callFields("Unary"), [json("circle")])),
    StatusCode.INTERNAL,
  );
  assert.equal(
    statusOf(await client.request(callFields("Unary"), [json("large")])),
    StatusCode.INTERNAL,
  );
  assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(1)])), [1]);
});

test("Calls of a peer with a too low limit of header lists are reset, also at their deadline", async () => {
  await using rig = new NativeRig({ Unary: unary(() => new Promise(() => {})) });
  await using other = await rig.connect();
  await using client = await rig.connect({ maxHeaderListSize: 10 });
  const late = client.request(callFields("Unary", "grpc-timeout", "20m"), [json(1)]);
  const unknown = client.request(callFields("None"), [json(1)]);
  assert.deepEqual([(await unknown).reset, (await late).reset], [2, 2]);
  assert.equal(
    statusOf(await other.request(callFields("None"), [json(1)])),
    StatusCode.UNIMPLEMENTED,
  );
});

test("Requests with slow handlers hold no more than the limit of a thread", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  // One peer gets half. A message counts with its decoded string: two bytes for one on the wire.
  await using rig = new NativeRig({ Unary: unary(() => promise) }, { maxHeldBytes: 160_000 });
  await using client = await rig.connect();
  const large = json("x".repeat(10_000));
  const first = [0, 1].map(() => client.request(callFields("Unary"), [large]));
  const third = await client.request(callFields("Unary"), [large]);
  assert.equal(statusOf(third), StatusCode.RESOURCE_EXHAUSTED);
  assert.ok(hasRetryInfo(third), "the client is not told when to try again");
  const small = client.request(callFields("Unary"), [json(1)]);
  resolve("done");
  for (const response of first) assert.deepEqual(messagesOf(await response), ["done"]);
  assert.deepEqual(messagesOf(await small), ["done"]);
  assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [large])), ["done"]);
});

test("Incomplete requests hold no more than the limit of a thread", async () => {
  await using rig = new NativeRig(echo, { maxHeldBytes: 100_000 });
  await using client = await rig.connect();
  const start = framed(new Uint8Array(60_000)).subarray(0, 50_000);
  client.open(callFields("Unary"), [start], false);
  client.open(callFields("Unary"), [start], false);
  const third = await client.open(callFields("Unary"), [start], false).response;
  assert.equal(statusOf(third), StatusCode.RESOURCE_EXHAUSTED);
  assert.deepEqual(messagesOf(await client.request(callFields("Unary"), [json(1)])), [1]);
});

test("A request that is incomplete after its timeout ends, and an open stream does not", async () => {
  const handlers = {
    ...echo,
    Spread: serverStream(async function* () {}),
    Chat: bidi((requests: AsyncIterable<unknown>) => requests),
  };
  await using rig = new NativeRig(handlers, { maxRequestMs: 500 });
  await using client = await rig.connect();
  const half = json("x".repeat(100)).subarray(0, 50);
  const late = [
    client.open(callFields("Unary"), [], false),
    client.open(callFields("Unary"), [half], false),
    client.open(callFields("Spread"), [json(1)], false),
  ];
  const chat = client.open(callFields("Chat"), [json(1)], false);
  for (const { response } of late) {
    assert.equal(statusOf(await response), StatusCode.DEADLINE_EXCEEDED);
  }
  chat.stream.sendData(json(2), true);
  chat.flush();
  assert.deepEqual(messagesOf(await chat.response), [1, 2]);
});

test("Open streams count too, and the connection with the most loses some", async () => {
  const handlers = { Chat: bidi((requests: AsyncIterable<unknown>) => requests) };
  await using rig = new NativeRig(handlers, { maxHeldBytes: 200_000 });
  await using many = await rig.connect();
  await using few = await rig.connect();
  const chat = few.open(callFields("Chat"), [json(1)], false);
  let refused = 0;
  for (let i = 0; i < 100; i++) {
    many.open(callFields("Chat"), [], false).response.then((response) => {
      if (statusOf(response) === StatusCode.RESOURCE_EXHAUSTED) refused++;
    });
  }
  await many.ping();
  await many.ping();
  assert.ok(refused > 30 && refused < 70, String(refused));
  chat.stream.sendData(json(2), true);
  chat.flush();
  assert.deepEqual(messagesOf(await chat.response), [1, 2]);
});
