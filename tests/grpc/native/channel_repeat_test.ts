/** Retries and reconnects of the native channel. @module */
import assert from "node:assert/strict";
import { type AnyMethod, RpcError, StatusCode } from "../../../src/grpc/mod.ts";
import { prepareHeaders } from "../../../src/http2/mod.ts";
import { gate } from "../../_support/gate.ts";
import { kinds, loadLibc } from "../_rig.ts";
import { framed } from "../../_support/framed.ts";
import { until } from "../../_support/until.ts";
import { answer, goaway, type Script, ScriptedServer } from "./_channel_server.ts";

const [test, { openNativeChannel }] = await gate(["net", "ffi", "env", "read", "sys"], () => {
  loadLibc();
  return import("../../../src/grpc/native/client/mod.ts");
});

const REFUSED_STREAM = 7;
const json = (value: unknown) => framed(new TextEncoder().encode(JSON.stringify(value)));
const unavailable = prepareHeaders([":status", "200", "grpc-status", "14"]);

/** A method that is safe to retry. */
const repeatable = {
  ...kinds.Unary,
  options: { idempotency_level: "NO_SIDE_EFFECTS" },
} as unknown as AnyMethod;

async function codeOf(ended: Promise<unknown>): Promise<number> {
  const error = await ended.then(() => assert.fail("The call succeeded"), (error) => error);
  assert.ok(error instanceof RpcError, String(error));
  return error.code;
}

/** Returns a script that runs `script` a number of times, and then responds with the number of earlier requests. */
function first(times: number, script: Script): Script {
  return (request) =>
    request.before < times ? script(request) : answer(request, [json(request.before)]);
}

/** GOAWAY of a server that has processed nothing. */
const leave: Script = ({ connection }) => connection.raw(goaway(0));
const refuse: Script = ({ stream }) => stream.reset(REFUSED_STREAM);

test("a call above the last stream of GOAWAY is retried on a new connection", async () => {
  await using server = await ScriptedServer.start(first(1, leave));
  using channel = openNativeChannel({ addresses: [server.address] });
  assert.deepEqual(await Array.fromAsync(channel.call(kinds.Unary, [1]).responses), [1]);
  assert.equal(server.connections.length, 2);
});

test("after GOAWAY the calls up to its last stream complete, and new ones use another connection", async () => {
  let held: (() => void) | undefined;
  await using server = await ScriptedServer.start((request) => {
    if (request.connection !== server.connections[0]) return answer(request, [json("elsewhere")]);
    // A request in flight is not processed.
    if (request.before > 0) return;
    request.connection.raw(goaway(1));
    held = () => {
      answer(request, [json("held")]);
      request.connection.flush();
    };
  });
  using channel = openNativeChannel({ addresses: [server.address] });
  const old = Array.fromAsync(channel.call(kinds.Unary, [1]).responses);
  await until("the server holds the request", () => held !== undefined);
  const next = await Array.fromAsync(channel.call(kinds.Unary, [1]).responses);
  assert.deepEqual(next, ["elsewhere"]);
  held!();
  assert.deepEqual(await old, ["held"]);
  assert.equal(server.connections.length, 2);
});

test("a refused stream is retried once only", async () => {
  {
    await using server = await ScriptedServer.start(first(1, refuse));
    using channel = openNativeChannel({ addresses: [server.address] });
    assert.deepEqual(await Array.fromAsync(channel.call(kinds.Unary, [1]).responses), [1]);
  }
  await using server = await ScriptedServer.start(refuse);
  using channel = openNativeChannel({ addresses: [server.address] });
  const ended = Array.fromAsync(channel.call(kinds.Unary, [1]).responses);
  assert.equal(await codeOf(ended), StatusCode.UNAVAILABLE);
  assert.equal(server.requests, 2);
});

test("a stream of requests is sent again from its beginning", async () => {
  await using server = await ScriptedServer.start((request) =>
    request.before === 0 ? refuse(request) : answer(request, [json([...request.body].length)])
  );
  using channel = openNativeChannel({ addresses: [server.address] });
  const [length] = await Array.fromAsync(channel.call(kinds.Collect, [1, 2, 3]).responses);
  assert.equal(length, 3 * (5 + 1));
});

test("a stream of requests larger than the retry buffer is not sent again", async () => {
  await using server = await ScriptedServer.start(first(1, refuse));
  using channel = openNativeChannel({ addresses: [server.address] });
  const requests = Array.from({ length: 10 }, () => "x".repeat(10_000));
  const ended = Array.fromAsync(channel.call(kinds.Collect, requests).responses);
  assert.equal(await codeOf(ended), StatusCode.UNAVAILABLE);
  assert.equal(server.requests, 1);
});

test("a broken connection ends a call that is not safe to retry", async () => {
  await using server = await ScriptedServer.start(first(1, ({ connection }) => connection.cut()));
  using channel = openNativeChannel({ addresses: [server.address], retries: 5 });
  const ended = Array.fromAsync(channel.call(kinds.Unary, [1]).responses);
  assert.equal(await codeOf(ended), StatusCode.UNAVAILABLE);
  // The next call uses a new connection.
  assert.deepEqual(await Array.fromAsync(channel.call(kinds.Unary, [1]).responses), [1]);
});

test("`retries` repeat a safe call after a broken connection, and send the number of attempts", async () => {
  const attempts: (string | undefined)[] = [];
  await using server = await ScriptedServer.start((request) => {
    attempts.push(request.headers.get("grpc-previous-rpc-attempts"));
    if (request.before < 2) request.connection.cut();
    else answer(request, [json("at last")]);
  });
  using channel = openNativeChannel({
    addresses: [server.address],
    retries: 5,
    reconnect: { initial: 1, max: 1 },
  });
  const responses = await Array.fromAsync(channel.call(repeatable, [1]).responses);
  assert.deepEqual(responses, ["at last"]);
  assert.deepEqual(attempts, [undefined, "1", "2"]);
});

test("`retries` obey the server's `grpc-retry-pushback-ms`", async () => {
  for (const [pushback, requests] of [["0", 3], ["-1", 1]] as const) {
    await using server = await ScriptedServer.start(({ stream }) =>
      stream.sendHeaders(unavailable, ["grpc-retry-pushback-ms", pushback], true)
    );
    using channel = openNativeChannel({ addresses: [server.address], retries: 2 });
    const ended = Array.fromAsync(channel.call(repeatable, [1]).responses);
    assert.equal(await codeOf(ended), StatusCode.UNAVAILABLE);
    assert.equal(server.requests, requests);
  }
});

test("`retries` do not apply once a response has begun", async () => {
  await using server = await ScriptedServer.start((request) =>
    answer(request, [json(1)], ["grpc-status", "14"])
  );
  using channel = openNativeChannel({ addresses: [server.address], retries: 2 });
  const ended = Array.fromAsync(channel.call(repeatable, [1]).responses);
  assert.equal(await codeOf(ended), StatusCode.UNAVAILABLE);
  assert.equal(server.requests, 1);
});

test("disposing of a channel ends a call that waits for its retry", async () => {
  await using server = await ScriptedServer.start(({ stream }) =>
    stream.sendHeaders(unavailable, ["grpc-retry-pushback-ms", "600000"], true)
  );
  const channel = openNativeChannel({ addresses: [server.address], retries: 2 });
  const call = channel.call(repeatable, [1]);
  const ended = codeOf(Array.fromAsync(call.responses));
  await until("the server has the request", () => server.requests > 0);
  channel[Symbol.dispose]();
  assert.equal(await ended, StatusCode.CANCELLED);
});

test("a server that closes every connection at once is dialled with backoff", async () => {
  await using server = await ScriptedServer.start(({ connection }) => {
    connection.raw(goaway(0));
    connection.flush();
    connection.cut();
  });
  using channel = openNativeChannel({
    addresses: [server.address],
    reconnect: { initial: 600_000, max: 600_000 },
  });
  for (let call = 0; call < 3; call++) {
    const options = { deadline: Date.now() + 200 };
    const ended = Array.fromAsync(channel.call(kinds.Unary, [1], options).responses);
    await codeOf(ended);
  }
  assert.equal(server.connections.length, 2);
});

// A proxy that ends each connection after so many requests (nginx's `keepalive_requests`) got as few new connections as
// a server that never answers: 26 requests a second in place of 10,000, and waiting requests failed.
test("a server that ends every connection after a response is dialled at once", async () => {
  await using server = await ScriptedServer.start((request) => {
    answer(request, [json(request.before)]);
    request.connection.raw(goaway(1));
  });
  using channel = openNativeChannel({
    addresses: [server.address],
    reconnect: { initial: 600_000, max: 600_000 },
  });
  for (let call = 0; call < 5; call++) {
    const options = { deadline: Date.now() + 60_000 };
    const responses = channel.call(kinds.Unary, [1], options).responses;
    assert.deepEqual(await Array.fromAsync(responses), [call]);
  }
  assert.equal(server.connections.length, 5);
});

// The messages were "Deadline exceeded, waiting for a connection" and "No connection in time".
test("a server that allows no streams is named by calls and by `connect()`", async () => {
  await using server = await ScriptedServer.start(() => {}, { maxConcurrentStreams: 0 });
  using channel = openNativeChannel({ addresses: [server.address] });
  await assert.rejects(channel.connect(Date.now() + 300), {
    message: `The server ${server.address} allowed no stream in time`,
  });
  const call = channel.call(kinds.Unary, [1], { deadline: Date.now() + 50 });
  await assert.rejects(Array.fromAsync(call.responses), { message: /, waiting for a stream: / });
});

test("a call that is cancelled or exceeds its deadline resets its stream", async () => {
  await using server = await ScriptedServer.start(() => {});
  using channel = openNativeChannel({ addresses: [server.address] });
  await channel.connect(Date.now() + 10_000);
  const stop = new AbortController();
  const cancelled = channel.call(kinds.Unary, [1], { signal: stop.signal });
  const late = channel.call(kinds.Unary, [1], { deadline: Date.now() + 20 });
  const codes = Promise.all(
    [cancelled, late].map((call) => codeOf(Array.fromAsync(call.responses))),
  );
  await until("the server has both requests", () => server.requests >= 2);
  stop.abort();
  assert.deepEqual(await codes, [StatusCode.CANCELLED, StatusCode.DEADLINE_EXCEEDED]);
  await until("both streams are reset", () => server.resets.length >= 2);
  assert.deepEqual(server.resets, [8, 8]);
});
