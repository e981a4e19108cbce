/**
 * Replicas behind one name, as in Kubernetes (docs/kubernetes.md): clients balance over them by round_robin, one is
 * added and one removed, and no call is lost. SIGNER_TEST_CALLS sets the number of calls.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";

const [test, { BalancingClient, SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("./_balance.ts") }),
);
const goTest = peerTest(test, "go_balance");
const pythonTest = peerTest(test, "python");

const balance = new URL("../peers/python/balance.py", import.meta.url).pathname;

const DEFAULT_CALLS = 4_000;

function calls(): number {
  return Number(Deno.env.get("SIGNER_TEST_CALLS") ?? DEFAULT_CALLS);
}

const settings: Readonly<Record<string, readonly string[]>> = {
  native: ["--workers", "1"],
  "grpc-js": ["--stack", "grpc-js"],
};

for (const [name, options] of Object.entries(settings)) {
  const start = () =>
    SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--drain-delay", "500ms", ...options],
    );

  goTest(
    `One of three replicas is added and one removed, and grpc-go loses no call: ${name}`,
    async (program) => {
      await using first = await start();
      await using second = await start();
      await using third = await start();
      const addresses = [first, second, third].flatMap(({ addresses }) => addresses);
      await using client = new BalancingClient(program, "-health", "-pause", "1ms");
      await client.use(...addresses);
      const servesAll = (count: number) =>
        client.until(({ servers = {} }) => Object.keys(servers).length === count);
      await servesAll(3);
      await client.calls(calls() / 4);
      await using fourth = await start();
      await client.use(...addresses, ...fourth.addresses);
      await servesAll(4);
      await client.calls(calls() / 4);
      // As Kubernetes does it: the signal first, and the new addresses somewhat later.
      const stopped = first.stop();
      await client.calls(calls() / 8);
      await client.use(...addresses.slice(1), ...fourth.addresses);
      assert.equal(await stopped, 0);
      assert.match(await first.log, /Stopped served=\d+ cut=0/);
      await client.calls(calls() * 3 / 8);
      const { succeeded, errors } = await client.stop();
      assert.deepEqual(errors, []);
      assert.ok(succeeded >= calls(), String(succeeded));
    },
  );

  pythonTest(
    `One of three replicas is removed, and grpcio loses no call: ${name}`,
    async (python) => {
      await using first = await start();
      await using second = await start();
      await using third = await start();
      const addresses = [first, second, third].flatMap(({ addresses }) => addresses);
      const target = `ipv4:${addresses.map((one) => one.replace("tcp://", "")).join(",")}`;
      await using client = new BalancingClient(python, balance, target, "0.001");
      await client.calls(calls() / 4);
      const stopped = first.stop();
      await client.calls(calls() / 4);
      assert.equal(await stopped, 0);
      assert.match(await first.log, /Stopped served=\d+ cut=0/);
      await client.calls(calls() / 2);
      const { succeeded, errors } = await client.stop();
      assert.deepEqual(errors, []);
      assert.ok(succeeded >= calls(), String(succeeded));
    },
  );
}
