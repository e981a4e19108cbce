/** Calls of the four kinds on every channel: messages, flow control, sources of requests. @module */
import assert from "node:assert/strict";
import {
  bidi,
  clientStream,
  type RpcServer,
  serverStream,
  type ThreadReport,
  unary,
} from "../../src/grpc/mod.ts";
import { channelTo, failure, openChannel, serve, test } from "./_channel_pairs.ts";
import { all, kinds } from "./_rig.ts";

/** Waits until a count starts and stops growing. */
async function standstill(count: () => number): Promise<void> {
  for (let seen = 0, still = 0, turns = 0; still < 20; turns++) {
    assert(turns < 20_000, `Still moving, or not begun: ${count()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    still = count() === seen && seen > 0 ? still + 1 : 0;
    seen = count();
  }
}

/** Waits until the thread of a server is in a state. */
async function soon(server: RpcServer, isSo: (thread: ThreadReport) => boolean): Promise<void> {
  for (let looks = 0; looks < 500; looks++) {
    const threads = await server.inspect();
    if (threads.every((thread) => isSo(thread as ThreadReport))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(JSON.stringify(await server.inspect()));
}

test("`call()` makes a unary call", async () => {
  await using served = await serve({ Unary: unary((request) => ({ got: request })) });
  using channel = channelTo(served);
  const call = channel.call(kinds.Unary, [{ a: 1 }]);
  assert.deepEqual(await all(call.responses), [{ got: { a: 1 } }]);
  assert.equal(call.peer(), served.address);
});

test("`call()` also takes the request of a unary call from an async iterable", async () => {
  await using served = await serve({ Unary: unary((request) => request) });
  using channel = channelTo(served);
  const requests = async function* () {
    yield await Promise.resolve(7);
  };
  assert.deepEqual(await all(channel.call(kinds.Unary, requests()).responses), [7]);
});

test("`call()` streams requests to one response", async () => {
  await using served = await serve({
    Collect: clientStream(async (requests) => await all(requests)),
  });
  using channel = channelTo(served);
  assert.deepEqual(await all(channel.call(kinds.Collect, [1, 2, 3]).responses), [[1, 2, 3]]);
  assert.deepEqual(await all(channel.call(kinds.Collect, []).responses), [[]]);
});

test("`call()` yields the responses of a server stream in their order", async () => {
  await using served = await serve({
    Spread: serverStream(async function* (count: number) {
      for (let i = 0; i < count; i++) yield await Promise.resolve(i);
    }),
  });
  using channel = channelTo(served);
  const responses = await all(channel.call(kinds.Spread, [200]).responses);
  assert.deepEqual(responses, Array.from({ length: 200 }, (_, i) => i));
});

test("`call()` yields a response before the next request of a bidirectional stream is sent", async () => {
  await using served = await serve({
    Chat: bidi(async function* (requests: AsyncIterable<number>) {
      for await (const request of requests) yield request * 2;
    }),
  });
  using channel = channelTo(served);
  const answered: number[] = [];
  let asked = Promise.withResolvers<void>();
  const requests = async function* () {
    for (const request of [1, 2, 3]) {
      yield request;
      await asked.promise;
      asked = Promise.withResolvers();
    }
  };
  for await (const response of channel.call<number, number>(kinds.Chat, requests()).responses) {
    answered.push(response);
    asked.resolve();
  }
  assert.deepEqual(answered, [2, 4, 6]);
});

test("`call()` stops the server's stream by flow control while responses are not read", async () => {
  let made = 0;
  const total = 4000;
  await using served = await serve({
    Spread: serverStream(async function* () {
      for (; made < total; made++) yield await Promise.resolve("x".repeat(16 * 1024));
    }),
  });
  using channel = channelTo(served);
  const responses = channel.call<unknown, string>(kinds.Spread, [1]).responses
    [Symbol.asyncIterator]();
  await responses.next();
  await standstill(() => made);
  assert.ok(made < total / 2, `${made} of ${total} responses were made and one was taken`);
  await responses.return!();
});

test("`call()` stops drawing requests while the server does not read", async () => {
  const total = 4000;
  await using served = await serve({
    Collect: clientStream(async (requests, { signal }) => {
      for await (const _ of requests) break;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return 0;
    }),
  });
  using channel = channelTo(served);
  let taken = 0;
  const requests = function* () {
    for (; taken < total; taken++) yield "x".repeat(16 * 1024);
  };
  const stop = new AbortController();
  const call = channel.call(kinds.Collect, requests(), { signal: stop.signal });
  await standstill(() => taken);
  stop.abort();
  await failure("CANCELLED", all(call.responses));
  assert.ok(taken < total / 2, `${taken} of ${total} requests were taken`);
});

test("`call()` refuses a unary call with no request or two", async () => {
  await using served = await serve({ Unary: unary(() => 1) });
  using channel = channelTo(served);
  for (const requests of [[], [1, 2]]) {
    const error = await failure(
      "INVALID_ARGUMENT",
      all(channel.call(kinds.Unary, requests).responses),
    );
    assert.match(error.message, /takes one request, not [02]$/);
  }
});

// On grpc-js the stream of a call that was cancelled right after its start was opened and never ended: the server held the
// call, and the connection outlived the channel.
test("a call that is cancelled at once leaves nothing open, neither on the server nor in the channel", async () => {
  await using served = await serve({
    Unary: unary((request) => request),
    Chat: bidi(async function* (requests: AsyncIterable<number>) {
      yield* requests;
    }),
  });
  {
    using channel = channelTo(served);
    assert.deepEqual(await all(channel.call(kinds.Unary, [1]).responses), [1]);
    await failure("INVALID_ARGUMENT", all(channel.call(kinds.Unary, []).responses));
    const never = async function* () {
      yield await new Promise<number>(() => {});
    };
    const signal = AbortSignal.abort();
    await failure("CANCELLED", all(channel.call(kinds.Chat, never(), { signal }).responses));
    const deadline = Date.now() - 1;
    await failure(
      "DEADLINE_EXCEEDED",
      all(channel.call(kinds.Chat, never(), { deadline }).responses),
    );
    await soon(served.server, ({ callCount }) => callCount === 0);
  }
  await soon(served.server, ({ connectionCount }) => connectionCount === 0);
});

test("`call()` fails with the error of a source of requests as its cause", async () => {
  await using served = await serve({
    Unary: unary(() => 1),
    Collect: clientStream(async (requests) => await all(requests)),
  });
  using channel = channelTo(served);
  const broken = new Error("Broken source");
  const requests = function* () {
    yield 1;
    throw broken;
  };
  await channel.connect(Date.now() + 10_000);
  // For a unary method `call()` itself threw, and left the call open on grpc-js.
  for (const method of [kinds.Unary, kinds.Collect]) {
    const error = await failure("CANCELLED", all(channel.call(method, requests()).responses));
    assert.equal(error.cause, broken);
  }
  await soon(served.server, ({ callCount }) => callCount === 0);
});

test("`call()` ends a source of requests when the server ends the call first", async () => {
  await using served = await serve({
    Chat: bidi(async function* () {
      yield await Promise.resolve("enough");
    }),
  });
  using channel = channelTo(served);
  const returned = Promise.withResolvers<void>();
  const requests = async function* () {
    try {
      while (true) yield await Promise.resolve(1);
    } finally {
      returned.resolve();
    }
  };
  assert.deepEqual(await all(channel.call(kinds.Chat, requests()).responses), ["enough"]);
  await returned.promise;
});

test("`call()` carries messages of 3 MiB, and refuses a response over its limit", async () => {
  await using served = await serve({ Unary: unary((request) => request) });
  using channel = channelTo(served);
  const big = "x".repeat(3 * 1024 * 1024);
  assert.deepEqual(await all(channel.call(kinds.Unary, [big]).responses), [big]);
  using small = openChannel({ addresses: [served.address], maxResponseBytes: 1024 });
  await failure("RESOURCE_EXHAUSTED", all(small.call(kinds.Unary, [big]).responses));
});
