/**
 * What the channels of both stacks do, each with the server of its own, and the native one with
 * both.
 */
import assert from "node:assert/strict";
import { echoDefinition } from "../../src/api/mod.ts";
import {
  bidi,
  clientStream,
  implement,
  Metadata,
  type RpcChannel,
  RpcError,
  type RpcServer,
  type RpcServerOptions,
  serverStream,
  StatusCode,
  unary,
} from "../../src/grpc/mod.ts";
import { type NativeChannelOptions } from "../../src/grpc/native/client/mod.ts";
import { gate } from "../_support/gate.ts";
import { all, kinds, kindsService, loadLibc, Served } from "./_rig.ts";

const [gated, stacks] = await gate(["net", "env", "read", "sys", "ffi"], async () => {
  loadLibc();
  return {
    grpcJs: await import("../../src/grpc/grpcjs/mod.ts"),
    native: {
      ...await import("../../src/grpc/native/client/mod.ts"),
      ...await import("../../src/grpc/native/server/mod.ts"),
    },
  };
});

/** A client and the server that it is tried with. */
interface Pair {
  openChannel(options: NativeChannelOptions): RpcChannel;
  openServer(options: RpcServerOptions): RpcServer;
}

const pairs: Readonly<Record<string, () => Pair>> = {
  "grpc-js": () => ({
    openChannel: stacks.grpcJs.openChannel,
    openServer: stacks.grpcJs.openGrpcJsServer,
  }),
  "native client, grpc-js server": () => ({
    openChannel: stacks.native.openNativeChannel,
    openServer: stacks.grpcJs.openGrpcJsServer,
  }),
  native: () => ({
    openChannel: stacks.native.openNativeChannel,
    openServer: stacks.native.openNativeServer,
  }),
};

/** Those of the test that runs: the tests of a file run one after the other. */
let { openChannel, openServer } = {} as Pair;

/** A test for each pair, but for those that it says why it is not for. */
function test(
  name: string,
  fn: () => void | Promise<void>,
  notFor: Readonly<Record<string, string>> = {},
): void {
  for (const [pair, open] of Object.entries(pairs)) {
    const reason = notFor[pair];
    gated({
      name: `${name} (${pair})${reason === undefined ? "" : `: ${reason}`}`,
      ignore: reason !== undefined,
      fn: () => {
        ({ openChannel, openServer } = open());
        return fn();
      },
    });
  }
}

/** A handler that only the end of its call ends. */
const forever = unary((_request, { signal }) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new RpcError("CANCELLED", "The caller left")))
  )
);

function serve(handlers: Parameters<typeof kindsService>[0], address?: string): Promise<Served> {
  return Served.by(openServer({ services: [kindsService(handlers)] }), address);
}

/** A channel to the servers, for the length of a test. */
function channelTo(...served: Pick<Served, "address">[]) {
  return openChannel({ addresses: served.map(({ address }) => address) });
}

/** Checks that a call ended in an `RpcError` of the code, and gives it. */
async function failure(code: keyof typeof StatusCode, ended: Promise<unknown>): Promise<RpcError> {
  const error = await ended.then(() => assert.fail("The call succeeded"), (error) => error);
  if (!(error instanceof RpcError)) throw error;
  assert.equal(error.code, StatusCode[code], error.message);
  return error;
}

/** Waits until a count that has begun to grow grows no more: what it counts stands still. */
async function standstill(count: () => number): Promise<void> {
  for (let seen = 0, still = 0, turns = 0; still < 20; turns++) {
    assert(turns < 20_000, `Still moving, or not begun: ${count()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    still = count() === seen && seen > 0 ? still + 1 : 0;
    seen = count();
  }
}

test("`call()` makes a unary call", async () => {
  await using served = await serve({ Unary: unary((request) => ({ got: request })) });
  using channel = channelTo(served);
  const call = channel.call(kinds.Unary, [{ a: 1 }]);
  assert.deepEqual(await all(call.responses), [{ got: { a: 1 } }]);
  assert.equal(call.peer(), served.address);
});

test("`call()` takes the one request of a unary call from an async iterable too", async () => {
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

test("`call()` gives the responses of a server stream in their order", async () => {
  await using served = await serve({
    Spread: serverStream(async function* (count: number) {
      for (let i = 0; i < count; i++) yield await Promise.resolve(i);
    }),
  });
  using channel = channelTo(served);
  const responses = await all(channel.call(kinds.Spread, [200]).responses);
  assert.deepEqual(responses, Array.from({ length: 200 }, (_, i) => i));
});

test("`call()` answers each request of a conversation before it sends the next", async () => {
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

test("`call()` stops the server's stream when nobody takes its responses", async () => {
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

test("`call()` takes no more requests than a server that does not read lets through", async () => {
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

test("`call()` refuses a unary call without a request, or with two", async () => {
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

test("`call()` hands on what a source of requests throws as the cause", async () => {
  await using served = await serve({
    Collect: clientStream(async (requests) => await all(requests)),
  });
  using channel = channelTo(served);
  const broken = new Error("Broken source");
  const requests = function* () {
    yield 1;
    throw broken;
  };
  await channel.connect(Date.now() + 10_000);
  const error = await failure("CANCELLED", all(channel.call(kinds.Collect, requests()).responses));
  assert.equal(error.cause, broken);
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

test("`call()` carries metadata both ways, binary values too", async () => {
  await using served = await serve({
    Unary: unary((_request, context) => {
      context.responseHeaders.set("answer", context.metadata.get("question") as string);
      context.responseHeaders.set("octets-bin", context.metadata.get("octets-bin") as Uint8Array);
      context.responseTrailers.set("last", "trailer");
      return 1;
    }),
  });
  using channel = channelTo(served);
  const octets = Uint8Array.of(0, 255, 10, 13);
  const metadata = new Metadata([["Question", "why"], ["octets-bin", octets]]);
  const call = channel.call(kinds.Unary, [1], { metadata });
  const { headers, trailers } = call;
  assert.deepEqual(await all(call.responses), [1]);
  assert.equal((await headers).get("answer"), "why");
  assert.deepEqual(new Uint8Array((await headers).get("octets-bin") as Uint8Array), octets);
  assert.equal((await trailers).get("last"), "trailer");
  assert.equal((await call.trailers).get("last"), "trailer", "and again, after the end");
});

test("`call()` ends in the server's status with its trailers", async () => {
  await using served = await serve({
    Unary: unary(() => {
      const metadata = new Metadata([["reason", "testing"]]);
      throw new RpcError("NOT_FOUND", "No such thing: naïve", { metadata });
    }),
  });
  using channel = channelTo(served);
  const call = channel.call(kinds.Unary, [1]);
  // Nobody looks at these: that is no unhandled rejection.
  void call.trailers;
  const error = await failure("NOT_FOUND", all(call.responses));
  assert.equal(error.message, "No such thing: naïve");
  assert.equal(error.metadata.get("reason"), "testing");
  await failure("NOT_FOUND", call.trailers);
  await call.headers;
});

/*
 * Messages before an error were lost: grpc-js ended the call as soon as the trailers arrived, and dropped the messages
 * that the application had not asked for yet. Of five and an error, one was printed.
 */
for (const pause of [0, 20]) {
  test(`\`call()\` gives the responses before an error, taken each ${pause} ms`, async () => {
    await using served = await serve({
      Spread: serverStream(async function* () {
        for (let i = 1; i <= 5; i++) yield await Promise.resolve(i);
        throw new RpcError("ABORTED", "No more");
      }),
    });
    using channel = channelTo(served);
    const taken: unknown[] = [];
    const ended = (async () => {
      for await (const response of channel.call(kinds.Spread, [1]).responses) {
        taken.push(response);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    })();
    await failure("ABORTED", ended);
    assert.deepEqual(taken, [1, 2, 3, 4, 5]);
  });
}

test("`call()` for a method that the server lacks is UNIMPLEMENTED", async () => {
  await using served = await serve({ Unary: unary(() => 1) });
  using channel = channelTo(served);
  await failure("UNIMPLEMENTED", all(channel.call(kinds.Spread, [1]).responses));
});

test("`call()` ends at its deadline, for the server too", async () => {
  const left = Promise.withResolvers<void>();
  await using served = await serve({
    Unary: unary((_request, { signal }) => {
      signal.addEventListener("abort", () => left.resolve());
      return new Promise(() => {});
    }),
  });
  using channel = channelTo(served);
  await channel.connect(Date.now() + 10_000);
  const call = channel.call(kinds.Unary, [1], { deadline: Date.now() + 100 });
  await failure("DEADLINE_EXCEEDED", all(call.responses));
  await left.promise;
});

test("`call()` with a signal aborted before or later is CANCELLED, with the reason", async () => {
  await using served = await serve({ Unary: forever });
  using channel = channelTo(served);
  const before = AbortSignal.abort(new Error("Changed my mind"));
  const error = await failure(
    "CANCELLED",
    all(channel.call(kinds.Unary, [1], { signal: before }).responses),
  );
  assert.match(String(error.cause), /Changed my mind/);
  const later = new AbortController();
  const call = channel.call(kinds.Unary, [1], { signal: later.signal });
  queueMicrotask(() => later.abort());
  await failure("CANCELLED", all(call.responses));
});

test("`responses` left early cancel the call at the server", async () => {
  const left = Promise.withResolvers<void>();
  await using served = await serve({
    Spread: serverStream(async function* (_request, { signal }) {
      signal.addEventListener("abort", () => left.resolve());
      yield 1;
      await left.promise;
    }),
  });
  using channel = channelTo(served);
  for await (const _ of channel.call(kinds.Spread, [1]).responses) break;
  await left.promise;
});

test("`call()` carries messages of 3 MiB, and refuses a response over its limit", async () => {
  await using served = await serve({ Unary: unary((request) => request) });
  using channel = channelTo(served);
  const big = "x".repeat(3 * 1024 * 1024);
  assert.deepEqual(await all(channel.call(kinds.Unary, [big]).responses), [big]);
  using small = openChannel({ addresses: [served.address], maxResponseBytes: 1024 });
  await failure("RESOURCE_EXHAUSTED", all(small.call(kinds.Unary, [big]).responses));
  using smaller = openChannel({ addresses: [served.address], maxRequestBytes: 1024 });
  await smaller.connect(Date.now() + 10_000);
  await failure("RESOURCE_EXHAUSTED", all(smaller.call(kinds.Unary, [big]).responses));
});

/** An echo server that fails a number of times before it answers. */
async function failing(times: number, code: "UNAVAILABLE" | "INTERNAL" = "UNAVAILABLE") {
  let attempts = 0;
  const service = implement(echoDefinition, {
    Echo: unary(() => {
      attempts++;
      if (attempts <= times) throw new RpcError(code, `Attempt ${attempts} fails`);
      return {};
    }),
  });
  const served = await Served.by(openServer({ services: [service] }));
  return Object.assign(served, { attempts: () => attempts });
}

test("`retries` repeat a call that is safe to repeat until it succeeds", async () => {
  await using served = await failing(2);
  using channel = openChannel({ addresses: [served.address], retries: 3 });
  await all(channel.call(echoDefinition.Echo, [{}]).responses);
  assert.equal(served.attempts(), 3);
});

test("`retries` end with the last error", async () => {
  await using served = await failing(9);
  using channel = openChannel({ addresses: [served.address], retries: 1 });
  const error = await failure(
    "UNAVAILABLE",
    all(channel.call(echoDefinition.Echo, [{}]).responses),
  );
  assert.equal(error.message, "Attempt 2 fails");
});

test("`retries` of 0, another status or a method that is not ours repeat nothing", async () => {
  const { Echo } = echoDefinition;
  {
    await using served = await failing(1);
    using channel = openChannel({ addresses: [served.address], retries: 0 });
    await failure("UNAVAILABLE", all(channel.call(Echo, [{}]).responses));
  }
  {
    await using served = await failing(1, "INTERNAL");
    using channel = openChannel({ addresses: [served.address], retries: 3 });
    await failure("INTERNAL", all(channel.call(Echo, [{}]).responses));
  }
  {
    let attempts = 0;
    await using served = await serve({
      Unary: unary(() => {
        throw new RpcError("UNAVAILABLE", `Attempt ${++attempts} fails`);
      }),
    });
    using channel = openChannel({ addresses: [served.address], retries: 3 });
    await failure("UNAVAILABLE", all(channel.call(kinds.Unary, [1]).responses));
    assert.equal(attempts, 1);
  }
});

/** Which of two servers answered each of some calls. */
async function answerers(balancing?: "round_robin" | "pick_first"): Promise<string[]> {
  await using a = await serve({ Unary: unary(() => "a") });
  await using b = await serve({ Unary: unary(() => "b") });
  using channel = openChannel({
    addresses: [a.address, b.address],
    ...(balancing ? { balancing } : {}),
  });
  const seen: string[] = [];
  // The second connection of a round may come a little later than the first.
  for (let call = 0; call < 1000 && (seen.length < 20 || new Set(seen).size === 1); call++) {
    seen.push(...await all(channel.call<unknown, string>(kinds.Unary, [1]).responses));
    if (balancing === "pick_first" && seen.length === 20) break;
  }
  return seen;
}

test("Several addresses are balanced by `round_robin` unless said otherwise", async () => {
  const seen = (await answerers()).slice(-10).sort();
  assert.deepEqual(new Set(seen), new Set(["a", "b"]));
});

test("`pick_first` stays with one server", async () => {
  assert.equal(new Set(await answerers("pick_first")).size, 1);
});

test("Several addresses of which one is dead still answer", async () => {
  await using alive = await serve({ Unary: unary(() => 1) });
  using channel = openChannel({ addresses: [await freeAddress(), alive.address] });
  for (let call = 0; call < 10; call++) {
    assert.deepEqual(await all(channel.call(kinds.Unary, [1]).responses), [1]);
  }
});

/** An address on which nothing listens. */
async function freeAddress(): Promise<string> {
  await using served = await serve({ Unary: forever });
  return served.address;
}

test("`call()` to a closed port is UNAVAILABLE, unless it waits for the server", async () => {
  const address = await freeAddress();
  using channel = openChannel({ addresses: [address] });
  const error = await failure("UNAVAILABLE", all(channel.call(kinds.Unary, [1]).responses));
  assert.match(error.message, /ECONNREFUSED/);
  const call = channel.call(kinds.Unary, [1], {
    waitForReady: true,
    deadline: Date.now() + 60_000,
  });
  await using _late = await serve({ Unary: unary(() => "late") }, address);
  assert.deepEqual(await all(call.responses), ["late"]);
});

/**
 * While it connects, grpc-js's pick_first runs a timer of 250 ms that closing the channel does not stop.
 * It holds up nothing but the sanitizer of a test that ends sooner.
 */
const longerThanPickFirst = 600;

/** A port that takes connections and never says a word. */
function silent(): Disposable & { address: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    address: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) connection.close();
    },
  };
}

test("`connectTimeout` ends a call that waits for a server that never speaks", async () => {
  using served = silent();
  using channel = openChannel({ addresses: [served.address], connectTimeout: longerThanPickFirst });
  const error = await failure("UNAVAILABLE", all(channel.call(kinds.Unary, [1]).responses));
  assert.equal(
    error.message,
    `No connection to ${served.address} within ${longerThanPickFirst} ms`,
  );
});

test("`connectTimeout` lets a call alone that is connected", async () => {
  await using served = await serve({ Unary: forever });
  using channel = openChannel({ addresses: [served.address], connectTimeout: 10_000 });
  const call = channel.call(kinds.Unary, [1], { deadline: Date.now() + 200 });
  await failure("DEADLINE_EXCEEDED", all(call.responses));
});

test("`connect()` resolves when connected and rejects when it takes too long", async () => {
  await using served = await serve({ Unary: forever });
  using channel = channelTo(served);
  await channel.connect(Date.now() + 10_000);
  using mute = silent();
  using other = channelTo(mute);
  await failure("UNAVAILABLE", other.connect(Date.now() + longerThanPickFirst));
});

test(
  "A connection that breaks ends its calls as UNAVAILABLE, and the next call has a new one",
  async () => {
    const served = await serve({ Unary: forever });
    using channel = channelTo(served);
    await channel.connect(Date.now() + 10_000);
    const call = channel.call(kinds.Unary, [1]);
    // Once its call is there, the server goes without a word.
    const ended = failure("UNAVAILABLE", all(call.responses));
    await all(channel.call(kinds.Chat, []).responses).catch(() => {});
    await served.server.close();
    await ended;
    await using _again = await serve({ Unary: unary(() => "again") }, served.address);
    const next = channel.call(kinds.Unary, [1], {
      waitForReady: true,
      deadline: Date.now() + 60_000,
    });
    assert.deepEqual(await all(next.responses), ["again"]);
  },
);

/** A relay to a server that can be made to stand still, as a network that fails without a word does. */
function relayTo(address: string): Disposable & { address: string; freeze(): void } {
  const [hostname, port] = address.split(":");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  let frozen = false;
  const pass = async (from: Deno.Conn, to: Deno.Conn) => {
    try {
      for await (const chunk of from.readable) if (!frozen) await writeAll(to, chunk);
    } catch {
      // One of the two was closed.
    }
  };
  (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: hostname!, port: Number(port) });
      connections.push(client, server);
      pass(client, server);
      pass(server, client);
    }
  })();
  return {
    address: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    freeze() {
      frozen = true;
    },
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // It was read to its end, which closes it.
        }
      }
    },
  };
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await to.write(bytes.subarray(written));
}

test("`keepalive` ends the calls of a connection that is dead without a word", async () => {
  await using served = await serve({ Unary: forever });
  using relay = relayTo(served.address);
  using channel = openChannel({
    addresses: [relay.address],
    keepalive: { interval: 50, timeout: 50 },
  });
  await channel.connect(Date.now() + 10_000);
  const call = channel.call(kinds.Unary, [1]);
  relay.freeze();
  await failure("UNAVAILABLE", all(call.responses));
});

test("Disposing of a channel ends its calls, and it makes no others", async () => {
  await using served = await serve({ Unary: forever });
  const channel = channelTo(served);
  await channel.connect(Date.now() + 10_000);
  const call = channel.call(kinds.Unary, [1]);
  channel[Symbol.dispose]();
  channel[Symbol.dispose]();
  await failure("CANCELLED", all(call.responses));
  assert.throws(() => channel.call(kinds.Unary, [1]), { message: "The channel was closed" });
  await failure("CANCELLED", channel.connect(Date.now() + 10_000));
});

test("`openChannel()` refuses no address at all", () => {
  assert.throws(() => openChannel({ addresses: [] }), /needs an address/);
});

test("A `unix:` address is dialled, alone and in a list", async () => {
  await using served = await serve({ Unary: unary(() => 1) });
  const directory = await Deno.makeTempDir();
  try {
    const missing = `unix:${directory}/no.sock`;
    using alone = openChannel({ addresses: [missing] });
    const error = await failure("UNAVAILABLE", all(alone.call(kinds.Unary, [1]).responses));
    assert.match(error.message, /ENOENT/);
    using list = openChannel({ addresses: [missing, served.address], balancing: "pick_first" });
    assert.deepEqual(await all(list.call(kinds.Unary, [1]).responses), [1]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

test("An address that grpc-js cannot dial itself is dialled, alone and in a list", async () => {
  const handlers = { Unary: unary(() => 1) };
  await using served = await serve(handlers, `unix-abstract:signer-test-${crypto.randomUUID()}`);
  using alone = channelTo(served);
  assert.deepEqual(await all(alone.call(kinds.Unary, [1]).responses), [1]);
  await using tcp = await serve(handlers);
  using list = channelTo(served, tcp);
  assert.deepEqual(await all(list.call(kinds.Unary, [1]).responses), [1]);
  using missing = openChannel({ addresses: [`unix-abstract:signer-test-${crypto.randomUUID()}`] });
  await failure("UNAVAILABLE", all(missing.call(kinds.Unary, [1]).responses));
});

test("`openChannel()` refuses an address that cannot be read", () => {
  assert.throws(() => openChannel({ addresses: ["nowhere"] }), /Cannot read the address "nowhere"/);
});

test("`userAgent` leads the user-agent header", async () => {
  await using served = await serve({
    Unary: unary((_request, { metadata }) => metadata.get("user-agent")),
  });
  using channel = openChannel({ addresses: [served.address], userAgent: "signer/1.2.3" });
  const [agent] = await all(channel.call<unknown, string>(kinds.Unary, [1]).responses);
  assert.match(agent!, /^signer\/1\.2\.3 grpc-(node-js|deno-native)\//);
});
