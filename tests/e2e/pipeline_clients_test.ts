/** Pipelines of many clients at once: each gets the answer to its own request, to the bit. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type ExecutePipelineResponse, pipelineDefinition } from "../../src/api/mod.ts";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { servings } from "./_servings.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../../src/pipeline/mod.ts"),
  }),
);
const { createRegistry, execute, openChannel, planOf, readManifest, SignerProcess } = loaded;
const pythonTest = peerTest(test, "python");

const FRAMES = 22_050;

/** Half a second of samples that no other client has: the same as in execute_pipeline.py. */
function samplesOf(client: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: FRAMES }, (_, i) => {
    return (i * 7_919 + client * 104_729) % 60_000 - 30_000;
  });
}

const manifest = {
  version: 1,
  nodes: [{ id: "n0", type: "resample", parameters: { sample_rate: 16_000 } }],
  inputs: ["n0"],
  outputs: ["n0"],
};

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The digest of a client's output, computed in this process. */
async function expectedOf(client: number): Promise<string> {
  const plan = planOf(readManifest(manifest), createRegistry());
  const audio = { samples: samplesOf(client), sampleRate: 44_100, channels: 1 };
  const { outputs } = await execute(plan, new Map([["n0", { kind: "audio", audio }]]));
  const output = outputs.get("n0");
  assert.ok(output?.kind === "audio");
  const { buffer, byteOffset, byteLength } = output.audio.samples;
  return sha256(new Uint8Array(buffer, byteOffset, byteLength));
}

/** The digest of a client's output, by a connection of its own. */
async function askAs(client: number, address: string): Promise<string> {
  using channel = openChannel({ addresses: [address] });
  const samples = new Uint8Array(samplesOf(client).buffer);
  const request = {
    manifest: {
      ...manifest,
      nodes: [{ id: "n0", type: "resample", parametersJson: '{"sample_rate":16000}' }],
    },
    inputs: [{
      name: "n0",
      audio: { samples, sampleRate: 44_100, channels: 1, format: "SAMPLE_FORMAT_I16" },
    }],
  };
  const method = pipelineDefinition.ExecutePipeline as AnyMethod;
  const { responses } = channel.call<object, ExecutePipelineResponse>(method, [request], {
    waitForReady: true,
  });
  for await (const { outputs: [output] } of responses) {
    assert.ok(output?.value === "audio");
    return sha256(output.audio.samples);
  }
  throw new Error("There was no response");
}

const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

for (const [name, options] of Object.entries(servings)) {
  const start = () =>
    SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines", ...options],
    );

  test(`100 clients at once get the answers to their own requests: ${name}`, async () => {
    await using server = await start();
    const answers = await Promise.all(range(0, 100).map((i) => askAs(i, server.addresses[0]!)));
    for (const client of range(0, 100)) {
      assert.equal(answers[client], await expectedOf(client), `client ${client}`);
    }
    assert.equal(new Set(answers).size, 100);
    assert.equal(await server.stop(), 0);
  });

  pythonTest(
    `3 processes of 4 grpcio clients get the answers to their own requests: ${name}`,
    async (python) => {
      await using server = await start();
      const address = server.addresses[0]!.replace("tcp://", "");
      const script = new URL("../peers/python/execute_pipeline.py", import.meta.url).pathname;
      const answers = await Promise.all(
        range(0, 3).map(async (index) => {
          const { code, stdout, stderr } = await run(python, script, address, `${4 * index}`, "4");
          assert.equal(code, 0, stderr);
          return JSON.parse(stdout) as string[];
        }),
      );
      const expected: string[] = [];
      for (const client of range(0, 12)) expected.push(await expectedOf(client));
      assert.deepEqual(answers.flat(), expected);
      assert.equal(await server.stop(), 0);
    },
  );
}
