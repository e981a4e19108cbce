/** Pipelines by a client of another project: streams, the refusal of one too many, and a client that leaves. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);
const pythonTest = peerTest(test, "python");

const folder = new URL("../peers/python/", import.meta.url).pathname;
const script = `${folder}stream_pipeline.py`;

/** A time after which executions of a client that has left go on: without a cancellation they take 30 s. */
const HANGS_MS = 15_000;

const settings: Readonly<Record<string, readonly string[]>> = {
  "with a worker": ["--workers", "1"],
  "without workers": ["--workers", "0"],
  "on grpc-js": ["--stack", "grpc-js"],
};

for (const [name, options] of Object.entries(settings)) {
  pythonTest(
    `grpcio streams audio through a pipeline, and reads RetryInfo: ${name}`,
    async (python) => {
      await using server = await SignerProcess.start(
        ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines", ...options],
      );
      const address = server.addresses[0]!.replace("tcp://", "");
      const { code, stdout, stderr } = await run(python, script, address, "20", "0");
      assert.equal(code, 0, stderr);
      const { slowestMs: _, ...rest } = JSON.parse(stdout);
      assert.deepEqual(rest, {
        outputs: Array(20).fill(["rate", "speech"]),
        audioBytes: 64_000,
        refused: { code: "RESOURCE_EXHAUSTED", statusCode: 8, retryMs: 1_000 },
      });
      assert.equal(await server.stop(), 0);
    },
  );
}

pythonTest("grpcio streams 100 chunks of 100 ms in real time", async (python) => {
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines", "--workers", "1"],
  );
  const address = server.addresses[0]!.replace("tcp://", "");
  const began = performance.now();
  const { code, stdout, stderr } = await run(python, script, address, "100", "100");
  assert.equal(code, 0, stderr);
  assert.ok(performance.now() - began > 9_900);
  const { outputs, audioBytes, slowestMs } = JSON.parse(stdout);
  assert.equal(outputs.length, 100);
  assert.equal(audioBytes, 320_000);
  assert.ok(slowestMs < HANGS_MS, stdout);
});

for (const [name, options] of Object.entries(settings)) {
  for (const how of ["cancel", "close", "kill"]) {
    pythonTest(
      `a grpcio client that leaves by ${how} ends its executions: ${name}`,
      async (python) => {
        await using server = await SignerProcess.start(
          ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines", ...options],
        );
        const address = server.addresses[0]!.replace("tcp://", "");
        const leave = `${folder}cancel_pipelines.py`;
        const { code, stdout, stderr } = await run(python, leave, address, `${server.pid}`, how);
        assert.equal(code, 0, stderr);
        const { before, after, idleMs, quietMs } = JSON.parse(stdout);
        assert.deepEqual(before, { running: 8, waiting: 3, streams: 1, executions: 0 });
        assert.deepEqual(after, { running: 0, waiting: 0, streams: 0, executions: 0 });
        // The worker has stopped its work, too.
        assert.ok(idleMs < HANGS_MS && quietMs < HANGS_MS, stdout);
        assert.equal(await server.stop(), 0);
      },
    );
  }
}
