/** Pipelines on the largest buffers: 50 MB through all limits, and a byte more. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type ExecutePipelineResponse, pipelineDefinition } from "../../src/api/mod.ts";
import { type AnyMethod, StatusCode } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { openChannel, SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

/** The largest buffer, which `buffer_bytes` is by default and at most. */
const LARGEST = 50_000_000;

const bytes = new Uint8Array(LARGEST + 1).fill(7);

type Value = { data: Uint8Array } | { audio: object };

const data = (length: number): Value => ({ data: bytes.subarray(0, length) });

const audio = (length: number): Value => ({
  audio: {
    samples: bytes.subarray(0, length),
    sampleRate: 48_000,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  },
});

async function execute(
  address: string,
  type: string,
  value: Value,
  { parametersJson = "", memoryBytes = 400_000_000 } = {},
): Promise<ExecutePipelineResponse> {
  using channel = openChannel({ addresses: [address], maxResponseBytes: 60_000_000 });
  const request = {
    manifest: {
      version: 1,
      nodes: [{ id: "n0", type, parametersJson }],
      inputs: ["n0"],
      outputs: ["n0"],
      limits: { memoryBytes },
    },
    inputs: [{ name: "n0", ...value }],
  };
  const method = pipelineDefinition.ExecutePipeline as AnyMethod;
  const { responses } = channel.call<object, ExecutePipelineResponse>(method, [request]);
  for await (const response of responses) return response;
  throw new Error("There was no response");
}

const settings: Readonly<Record<string, readonly string[]>> = {
  "the native stack": ["--workers", "1"],
  "grpc-js": ["--stack", "grpc-js"],
};

for (const [name, options] of Object.entries(settings)) {
  test(`a buffer of 50 MB passes, and one of a byte more is refused: ${name}`, async () => {
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines"],
      ...["--max-message-size", "60MiB", ...options],
    );
    const address = server.addresses[0]!;
    const { outputs: [digest], metrics } = await execute(address, "digest", data(LARGEST));
    const expected = createHash("sha256").update(bytes.subarray(0, LARGEST)).digest();
    assert.deepEqual([...digest!.data!], [...expected]);
    assert.equal(metrics!.memoryEstimateBytes, 3 * LARGEST);
    const { outputs: [same] } = await execute(address, "pass_through", audio(LARGEST));
    assert.ok(same?.value === "audio");
    assert.equal(Buffer.compare(same.audio.samples, bytes.subarray(0, LARGEST)), 0);

    const refusals: [() => ReturnType<typeof execute>, RegExp][] = [
      [
        () => execute(address, "digest", data(LARGEST + 1)),
        /^The input n0 has 50000001 bytes: at most 50000000 are allowed$/,
      ],
      [
        () => execute(address, "digest", data(LARGEST), { memoryBytes: 3 * LARGEST - 1 }),
        /needs about 150000000 bytes of memory, .* 1 nodes: memory_bytes allows 149999999$/,
      ],
      // Its output has twice the bytes of its input.
      [
        () => execute(address, "gain", audio(25_000_002), { parametersJson: '{"gain_db":0}' }),
        /^Node n0 \(gain\): A buffer of 50000004 bytes is too large: at most 50000000 are allowed$/,
      ],
    ];
    for (const [refused, message] of refusals) {
      await assert.rejects(refused(), { code: StatusCode.RESOURCE_EXHAUSTED, message });
    }
    // The server goes on.
    assert.equal((await execute(address, "digest", data(1))).outputs.length, 1);
    assert.equal(await server.stop(), 0);
  });
}
