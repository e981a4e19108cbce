/** Addresses of every channel: balancing over several, Unix sockets, user-agent. @module */
import assert from "node:assert/strict";
import { unary } from "../../src/grpc/mod.ts";
import { channelTo, failure, freeAddress, openChannel, serve, test } from "./_channel_pairs.ts";
import { all, kinds } from "./_rig.ts";

/** Makes calls to two servers, and returns the server that answered each. */
async function answerers(balancing?: "round_robin" | "pick_first"): Promise<string[]> {
  await using a = await serve({ Unary: unary(() => "a") });
  await using b = await serve({ Unary: unary(() => "b") });
  using channel = openChannel({
    addresses: [a.address, b.address],
    ...(balancing ? { balancing } : {}),
  });
  const seen: string[] = [];
  // The second connection may open a little later than the first.
  for (let call = 0; call < 1000 && (seen.length < 20 || new Set(seen).size === 1); call++) {
    seen.push(...await all(channel.call<unknown, string>(kinds.Unary, [1]).responses));
    if (balancing === "pick_first" && seen.length === 20) break;
  }
  return seen;
}

test("Several addresses are balanced by `round_robin` by default", async () => {
  const seen = (await answerers()).slice(-10).sort();
  assert.deepEqual(new Set(seen), new Set(["a", "b"]));
});

test("`pick_first` uses one server", async () => {
  assert.equal(new Set(await answerers("pick_first")).size, 1);
});

test("Calls to several addresses succeed while one is down", async () => {
  await using alive = await serve({ Unary: unary(() => 1) });
  using channel = openChannel({ addresses: [freeAddress(), alive.address] });
  for (let call = 0; call < 10; call++) {
    assert.deepEqual(await all(channel.call(kinds.Unary, [1]).responses), [1]);
  }
});

test("`openChannel()` refuses an empty list of addresses", () => {
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

test("`openChannel()` refuses a malformed address", () => {
  assert.throws(() => openChannel({ addresses: ["nowhere"] }), /Cannot read the address "nowhere"/);
});

test("The user-agent header begins with `userAgent`", async () => {
  await using served = await serve({
    Unary: unary((_request, { metadata }) => metadata.get("user-agent")),
  });
  using channel = openChannel({ addresses: [served.address], userAgent: "signer/1.2.3" });
  const [agent] = await all(channel.call<unknown, string>(kinds.Unary, [1]).responses);
  assert.match(agent!, /^signer\/1\.2\.3 grpc-(node-js|deno-native)\//);
});
