/** Pipelines by a client of another project: streams, and the refusal of one too many. */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);
const pythonTest = peerTest(test, "python");

const script = new URL("../peers/python/stream_pipeline.py", import.meta.url).pathname;

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
      const { code, stdout, stderr } = await run(python, script, address);
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        outputs: Array(20).fill(["rate", "speech"]),
        audioBytes: 64_000,
        refused: { code: "RESOURCE_EXHAUSTED", statusCode: 8, retryMs: 1_000 },
      });
      assert.equal(await server.stop(), 0);
    },
  );
}
