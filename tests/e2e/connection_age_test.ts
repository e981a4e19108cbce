/**
 * `--max-connection-age` under load: clients of other projects lose no call when their connections are drained, again
 * and again, and open new ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { servings } from "./_servings.ts";

const [test, { BalancingClient, SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("./_balance.ts") }),
);
const goTest = peerTest(test, "go_balance");
const pythonTest = peerTest(test, "python");

const balance = new URL("../peers/python/balance.py", import.meta.url).pathname;

/** Calls after the fourth connection. */
const CALLS = 100;

/** The age is checked once a second. */
const age = ["--max-connection-age", "200ms", "--max-connection-grace", "10s"];

for (const [name, options] of Object.entries(servings)) {
  goTest(`grpc-go loses no call on connections that reach their age: ${name}`, async (program) => {
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", ...age, ...options],
    );
    await using client = new BalancingClient(program, "-pause", "1ms");
    await client.use(...server.addresses);
    await client.until(({ connections = 0 }) => connections >= 4);
    await client.calls(CALLS);
    const { errors } = await client.stop();
    assert.deepEqual(errors, []);
    assert.equal(await server.stop(), 0);
  });

  pythonTest(
    `grpcio loses no call on connections that reach their age: ${name}`,
    async (python) => {
      await using server = await SignerProcess.start(
        ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--log-level", "debug", ...age],
        ...options,
      );
      const target = `ipv4:${server.addresses[0].replace("tcp://", "")}`;
      await using client = new BalancingClient(python, balance, target, "0.001");
      // The first connection, and three that take its place.
      for (let i = 0; i < 4; i++) await server.logged(/Connected/);
      await client.calls(CALLS);
      const { errors } = await client.stop();
      assert.deepEqual(errors, []);
      assert.equal(await server.stop(), 0);
    },
  );
}
