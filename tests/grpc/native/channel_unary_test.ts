/** Unary calls on bytes, as load generators make them. @module */
import assert from "node:assert/strict";
import { Metadata, RpcError, StatusCode } from "../../../src/grpc/mod.ts";
import {
  type NativeChannel,
  type UnaryCall,
  type UnaryObserver,
} from "../../../src/grpc/native/client/mod.ts";
import { Poller } from "../../../src/net/mod.ts";
import { gate } from "../../_support/gate.ts";
import { loadLibc } from "../_rig.ts";
import { framed } from "../../_support/framed.ts";
import { until } from "../../_support/until.ts";
import { answer, ScriptedServer } from "./_channel_server.ts";

const [test, { openNativeChannel }] = await gate(["net", "ffi", "env", "read", "sys"], () => {
  loadLibc();
  return import("../../../src/grpc/native/client/mod.ts");
});

const ECHO = { path: "/test.Bytes/Echo" };
const request = Uint8Array.of(1, 2, 3);

/** Responds with the request. */
const echo = (asked: Parameters<typeof answer>[0]) => answer(asked, [asked.body]);

/** Creates an observer of one call. */
function observed(): UnaryObserver & {
  response: Uint8Array | undefined;
  done: Promise<UnaryCall>;
} {
  const { promise, resolve } = Promise.withResolvers<UnaryCall>();
  return {
    response: undefined,
    done: promise,
    onResponse(_call, bytes, start, end) {
      this.response = bytes.slice(start, end);
    },
    onDone: resolve,
  };
}

async function one(channel: NativeChannel, options = {}, metadata?: Metadata) {
  const observer = observed();
  channel.unary(
    channel.prepare(ECHO, metadata ? { metadata } : {}),
    request,
    observer,
    options,
  );
  return { call: await observer.done, response: observer.response };
}

test("`unary()` reports the response and then the end", async () => {
  await using server = await ScriptedServer.start((asked) => {
    assert.equal(asked.headers.get("x-who"), "me");
    assert.match(asked.headers.get("grpc-timeout")!, /^\d{1,8}[mu]$/);
    answer(asked, [asked.body], ["grpc-status", "0", "x-last", "trailer"]);
  });
  using channel = openNativeChannel({ addresses: [server.address] });
  const metadata = new Metadata([["x-who", "me"]]);
  const { call, response } = await one(channel, { timeout: 5000 }, metadata);
  assert.equal(call.code, StatusCode.OK);
  assert.deepEqual(response, request);
  assert.equal(call.trailers.get("x-last"), "trailer");
  assert.equal(call.peer(), server.address);
});

test("`unary()` takes the connection of a number while it has room, and else the next in turn", async () => {
  const taken: number[] = [];
  const held: Parameters<typeof answer>[0][] = [];
  await using server = await ScriptedServer.start((asked) => {
    taken.push(server.connections.indexOf(asked.connection));
    if (asked.body.at(-1) === 9) held.push(asked);
    else echo(asked);
  }, { maxConcurrentStreams: 1 });
  using channel = openNativeChannel({ addresses: [server.address], connections: 2 });
  await one(channel);
  await until("both are connected", () => channel.connected >= 2, 5_000);
  taken.length = 0;
  for (const connection of [0, 0, 0, 1, 1, 2, 3]) await one(channel, { connection });
  const [first, second] = [taken[0], taken[3]];
  assert.notEqual(first, second);
  assert.deepEqual(taken, [first, first, first, second, second, first, second]);
  const observer = observed();
  channel.unary(channel.prepare(ECHO), Uint8Array.of(9), observer, { connection: 0 });
  await until("a call is held", () => held.length >= 1, 5_000);
  await one(channel, { connection: 0 });
  assert.equal(taken.at(-1), second);
  echo(held[0]);
  held[0].connection.flush();
  assert.equal((await observer.done).code, StatusCode.OK);
});

test("`unary()` reports a missing server, but not synchronously", async () => {
  await using gone = await ScriptedServer.start(echo);
  const { address } = gone;
  await gone[Symbol.asyncDispose]();
  using channel = openNativeChannel({ addresses: [address] });
  for (let attempt = 0; attempt < 2; attempt++) {
    const observer = observed();
    let returned = false;
    const onDone = observer.onDone;
    observer.onDone = (call) => {
      assert.ok(returned, "The observer was called before `unary()` returned");
      onDone(call);
    };
    channel.unary(channel.prepare(ECHO), request, observer);
    returned = true;
    const call = await observer.done;
    assert.equal(call.code, StatusCode.UNAVAILABLE);
    assert.match(call.message, /ECONNREFUSED/);
  }
});

test("`unary()` ends once, at its timeout or when it is cancelled", async () => {
  await using server = await ScriptedServer.start(() => {});
  using channel = openNativeChannel({ addresses: [server.address] });
  const { call } = await one(channel, { timeout: 20 });
  assert.equal(call.code, StatusCode.DEADLINE_EXCEEDED);
  const observer = observed();
  const cancelled = channel.unary(channel.prepare(ECHO), request, observer);
  cancelled.cancel();
  cancelled.cancel();
  assert.equal((await observer.done).code, StatusCode.CANCELLED);
});

test("`unary()` throws after disposing of the channel, and active calls are CANCELLED", async () => {
  await using server = await ScriptedServer.start(() => {});
  const channel = openNativeChannel({ addresses: [server.address] });
  await channel.connect(Date.now() + 10_000);
  const method = channel.prepare(ECHO);
  const observer = observed();
  channel.unary(method, request, observer);
  channel[Symbol.dispose]();
  assert.equal((await observer.done).code, StatusCode.CANCELLED);
  assert.throws(() => channel.unary(method, request, observer), RpcError);
});

/** Makes `total` calls, `atOnce` at a time, and returns the number of successes. */
function load(channel: NativeChannel, atOnce: number, total: number): Promise<number> {
  const method = channel.prepare(ECHO);
  const { promise, resolve } = Promise.withResolvers<number>();
  let started = 0;
  let ended = 0;
  let good = 0;
  const observer: UnaryObserver = {
    onResponse(_call, _bytes, start, end) {
      if (end - start === request.length) good++;
    },
    onDone({ code }) {
      assert.equal(code, StatusCode.OK);
      if (started < total) start();
      if (++ended === total) resolve(good);
    },
  };
  function start(): void {
    started++;
    channel.unary(method, request, observer, { timeout: 60_000 });
  }
  while (started < atOnce) start();
  return promise;
}

test("`connections` are opened to each address, and calls are distributed over them", async () => {
  const counts = new Map<unknown, number>();
  await using server = await ScriptedServer.start((asked) => {
    counts.set(asked.connection, (counts.get(asked.connection) ?? 0) + 1);
    echo(asked);
  });
  using channel = openNativeChannel({ addresses: [server.address], connections: 4 });
  assert.equal(await load(channel, 16, 50), 50);
  // The last connections may open later than the first responses arrive.
  await until("every connection has calls", async () => {
    await load(channel, 16, 50);
    return counts.size === 4;
  });
});

test("calls over the server's limit of streams wait for a free stream", async () => {
  await using server = await ScriptedServer.start(echo, { maxConcurrentStreams: 2 });
  using channel = openNativeChannel({ addresses: [server.address] });
  assert.equal(await load(channel, 64, 500), 500);
});

test("a thread that blocks in a poller can drive the channel", async () => {
  await using server = await ScriptedServer.start(echo);
  using poller = new Poller();
  using channel = openNativeChannel({
    addresses: [server.address],
    connections: 2,
    registrar: poller,
  });
  const finished = load(channel, 8, 500);
  let good: number | undefined;
  finished.then((count) => good = count);
  for (let turn = 0; good === undefined; turn++) {
    assert.ok(turn < 100_000, "The load does not end");
    channel.flush();
    poller.wait(1);
    // The server of this test runs on the event loop of the same thread.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(good, 500);
});

test("a compressed request has the flag and `grpc-encoding`", async () => {
  let flag: number | undefined;
  await using server = await ScriptedServer.start((asked) => {
    flag = asked.body[0];
    assert.equal(asked.headers.get("grpc-encoding"), "gzip");
    answer(asked, [framed(new Uint8Array(0))]);
  });
  using channel = openNativeChannel({ addresses: [server.address] });
  const observer = observed();
  channel.unary(channel.prepare(ECHO, { compression: "gzip" }), request, observer);
  assert.equal((await observer.done).code, StatusCode.OK);
  assert.equal(flag, 1);
});
