/** Retries of calls on every channel. @module */
import assert from "node:assert/strict";
import { echoDefinition } from "../../src/api/mod.ts";
import { implement, RpcError, unary } from "../../src/grpc/mod.ts";
import { failure, openChannel, openServer, serve, test } from "./_channel_pairs.ts";
import { all, kinds, Served } from "./_rig.ts";

/** Starts an echo server that fails a number of calls before it answers. */
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

test("`retries` do not apply to other statuses and other services' methods, and 0 disables them", async () => {
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
