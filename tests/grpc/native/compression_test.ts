/** Compressed messages: the functions, and the messages of calls on the wire. @module */
import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { RpcError } from "../../../src/grpc/errors.ts";
import { bidi, clientStream, serverStream, unary } from "../../../src/grpc/handler.ts";
import { StatusCode, type StatusName } from "../../../src/grpc/status.ts";
import { compress, decompress } from "../../../src/grpc/native/compression.ts";
import { gate } from "../../_support/gate.ts";
import { framed } from "../../_support/framed.ts";
import type { RawResponse } from "./_raw_client.ts";

const [test, { NativeRig, callFields, json, statusOf, ...rest }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_rig.ts"),
    ...await import("../_rig.ts"),
    ...await import("./_channel_server.ts"),
    ...await import("../../../src/grpc/native/client/mod.ts"),
  }),
);
const { answer, kinds, openNativeChannel, ScriptedServer } = rest;

function assertStatus(run: () => void, status: StatusName): void {
  assert.throws(run, (error: { code: number }) => error.code === StatusCode[status]);
}

Deno.test("A message survives compression and decompression", () => {
  const message = Uint8Array.from({ length: 5_000 }, (_, i) => i % 7);
  assert.deepEqual(Uint8Array.from(decompress(compress(message), "gzip", 5_000)), message);
  assert.equal(decompress(compress(new Uint8Array(0)), "gzip", 10).length, 0);
});

Deno.test("A message that inflates beyond the limit is inflated up to the limit only", () => {
  const bomb = gzipSync(new Uint8Array(1 << 26));
  assert.ok(bomb.length < 1 << 17);
  assertStatus(() => decompress(bomb, "gzip", 1 << 20), "RESOURCE_EXHAUSTED");
});

Deno.test("A compressed message needs a supported encoding, and must be complete", () => {
  const message = compress(Uint8Array.of(1, 2, 3));
  assertStatus(() => decompress(message, undefined, 100), "INTERNAL");
  assertStatus(() => decompress(message, "identity", 100), "INTERNAL");
  assertStatus(() => decompress(message, "br", 100), "UNIMPLEMENTED");
  assertStatus(() => decompress(message.subarray(0, 10), "gzip", 100), "INTERNAL");
  assertStatus(() => decompress(Uint8Array.of(1, 2, 3), "gzip", 100), "INTERNAL");
});

const REFUSED_STREAM = 7;
const ACCEPTED = ["grpc-accept-encoding", "identity,deflate, gzip"];

interface Message {
  readonly compressed: boolean;
  readonly value: unknown;
}

/** Parses the messages in DATA, with their flags. */
function flagged({ data }: Pick<RawResponse, "data">): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < data.length;) {
    const compressed = data[at] === 1;
    const length = new DataView(data.buffer, data.byteOffset).getUint32(at + 1);
    const bytes = data.subarray(at + 5, at + 5 + length);
    const text = new TextDecoder().decode(compressed ? gunzipSync(bytes) : bytes);
    messages.push({ compressed, value: JSON.parse(text) });
    at += 5 + length;
  }
  return messages;
}

/** Responds with the request, compressed if the request asks for it. */
const handlers = {
  Unary: unary((request: { compress: boolean }, context) => {
    context.compressResponse = request.compress;
    return request;
  }),
  Spread: serverStream(async function* (wishes: boolean[], context) {
    for (const wish of wishes) {
      context.compressResponse = wish;
      yield wish;
    }
  }),
};

test("A response is compressed when its handler requests it and the client accepts gzip", async () => {
  await using rig = new NativeRig(handlers);
  await using client = await rig.connect();
  const cases: [accepted: string[], asked: boolean, compressed: boolean][] = [
    [ACCEPTED, true, true],
    [ACCEPTED, false, false],
    [["grpc-accept-encoding", "gzip"], true, true],
    [["grpc-accept-encoding", "identity", "grpc-accept-encoding", "gzip"], true, true],
    [["grpc-accept-encoding", "identity,deflate"], true, false],
    [["grpc-accept-encoding", "xgzip,gzip-9"], true, false],
    [["grpc-accept-encoding", ""], true, false],
    [[], true, false],
  ];
  for (const [accepted, compress, compressed] of cases) {
    const response = await client.request(callFields("Unary", ...accepted), [json({ compress })]);
    const what = `${accepted}, ${compress}`;
    assert.equal(response.headers["grpc-encoding"], compressed ? "gzip" : undefined, what);
    assert.deepEqual(flagged(response), [{ compressed, value: { compress } }], what);
    assert.equal(statusOf(response), 0, what);
  }
});

test("A handler can compress single messages once the headers announce gzip", async () => {
  await using rig = new NativeRig(handlers);
  await using client = await rig.connect();
  const ask = (wishes: boolean[]) =>
    client.request(callFields("Spread", ...ACCEPTED), [json(wishes)]);
  const switched = await ask([true, false, true]);
  assert.equal(switched.headers["grpc-encoding"], "gzip");
  assert.deepEqual(flagged(switched), [
    { compressed: true, value: true },
    { compressed: false, value: false },
    { compressed: true, value: true },
  ]);
  const late = await ask([false, true]);
  assert.equal(late.headers["grpc-encoding"], undefined);
  assert.deepEqual(flagged(late).map(({ compressed }) => compressed), [false, false]);
});

test("The headers of each compressed response have the handler's metadata", async () => {
  await using rig = new NativeRig({
    Unary: unary((compress: boolean, context) => {
      context.compressResponse = compress;
      context.responseHeaders.set("x-test", "a");
      return {};
    }),
  });
  await using client = await rig.connect();
  for (const compress of [true, false, true, false, true, false]) {
    const { headers } = await client.request(callFields("Unary", ...ACCEPTED), [json(compress)]);
    assert.equal(headers["x-test"], "a");
    assert.equal(headers["grpc-encoding"], compress ? "gzip" : undefined);
  }
});

test("A call that fails before its first message has no `grpc-encoding`", async () => {
  await using rig = new NativeRig({
    Unary: unary((_request, context) => {
      context.compressResponse = true;
      context.responseHeaders.set("x-test", "a");
      throw new RpcError("ABORTED", "Asked to fail");
    }),
  });
  await using client = await rig.connect();
  const response = await client.request(callFields("Unary", ...ACCEPTED), [json({})]);
  assert.equal(response.headers["grpc-encoding"], undefined);
  assert.equal(statusOf(response), 10);
});

test("Handlers see for each request if it was compressed", async () => {
  await using rig = new NativeRig({
    Unary: unary((_request, { requestCompressed }) => requestCompressed),
    Spread: serverStream(async function* (_request, { requestCompressed }) {
      yield requestCompressed;
    }),
    Collect: clientStream(async (requests, context) => {
      const told: boolean[] = [];
      for await (const _ of requests) told.push(context.requestCompressed);
      return told;
    }),
    Chat: bidi(async function* (requests, context) {
      for await (const _ of requests) yield context.requestCompressed;
    }),
  });
  await using client = await rig.connect();
  const plain = json({});
  const compressed = json(undefined, gzipSync("{}"));
  const told = async (method: string, ...pieces: Uint8Array[]) => {
    const fields = callFields(method, "grpc-encoding", "gzip");
    return flagged(await client.request(fields, pieces)).map(({ value }) => value);
  };
  assert.deepEqual(await told("Unary", compressed), [true]);
  assert.deepEqual(await told("Unary", plain), [false]);
  assert.deepEqual(await told("Spread", compressed), [true]);
  assert.deepEqual(await told("Spread", plain), [false]);
  const mixed = [compressed, plain, plain, compressed];
  assert.deepEqual(await told("Collect", ...mixed), [[true, false, false, true]]);
  assert.deepEqual(await told("Chat", ...mixed), [true, false, false, true]);
});

test("A call with `compression` compresses its requests, also in a retry", async () => {
  const came: Uint8Array[] = [];
  await using server = await ScriptedServer.start((request) => {
    assert.equal(request.headers.get("grpc-encoding"), "gzip");
    came.push(request.body);
    if (request.before === 0) request.stream.reset(REFUSED_STREAM);
    else answer(request, [framed(new TextEncoder().encode("{}"))]);
  });
  using channel = openNativeChannel({ addresses: [server.address] });
  const call = channel.call(kinds.Collect, [1, 2, 3], {
    compression: "gzip",
    compresses: (request) => request === 2,
  });
  assert.deepEqual(await Array.fromAsync(call.responses), [{}]);
  assert.equal(came.length, 2);
  for (const data of came) {
    assert.deepEqual(flagged({ data }), [
      { compressed: false, value: 1 },
      { compressed: true, value: 2 },
      { compressed: false, value: 3 },
    ]);
  }
});

test("A call without `compression` compresses nothing", async () => {
  let body: Uint8Array | undefined;
  await using server = await ScriptedServer.start((request) => {
    assert.equal(request.headers.get("grpc-encoding"), undefined);
    body = request.body;
    answer(request, [framed(new TextEncoder().encode("{}"))]);
  });
  using channel = openNativeChannel({ addresses: [server.address] });
  const call = channel.call(kinds.Unary, [1], { compresses: () => true });
  assert.deepEqual(await Array.fromAsync(call.responses), [{}]);
  assert.deepEqual(flagged({ data: body! }), [{ compressed: false, value: 1 }]);
});
