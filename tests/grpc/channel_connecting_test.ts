/** Connections of every channel: refused, silent, lost, and closed. @module */
import assert from "node:assert/strict";
import { unary } from "../../src/grpc/mod.ts";
import {
  channelTo,
  failure,
  forever,
  freeAddress,
  openChannel,
  serve,
  test,
} from "./_channel_pairs.ts";
import { all, kinds } from "./_rig.ts";

test("`call()` to a closed port is UNAVAILABLE, unless it waits for the server", async () => {
  const address = freeAddress();
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
 * While it connects, grpc-js's pick_first runs a timer of 250 ms that closing the channel does not stop. The
 * sanitizer reports it in a test that ends earlier.
 */
const longerThanPickFirst = 600;

/** Opens a port that accepts connections and sends nothing. */
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

test("`connectTimeout` ends a call that waits for a silent server", async () => {
  using served = silent();
  using channel = openChannel({ addresses: [served.address], connectTimeout: longerThanPickFirst });
  const error = await failure("UNAVAILABLE", all(channel.call(kinds.Unary, [1]).responses));
  assert.equal(
    error.message,
    `No connection to ${served.address} within ${longerThanPickFirst} ms`,
  );
});

test("`connectTimeout` does not end a call that has a connection", async () => {
  await using served = await serve({ Unary: forever });
  using channel = openChannel({ addresses: [served.address], connectTimeout: 10_000 });
  const call = channel.call(kinds.Unary, [1], { deadline: Date.now() + 200 });
  await failure("DEADLINE_EXCEEDED", all(call.responses));
});

test("`connect()` resolves when connected and rejects after the timeout", async () => {
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
    // Once the call has reached the server, the server closes at once.
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

test("Disposing of a channel ends its calls, and further calls are refused", async () => {
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
