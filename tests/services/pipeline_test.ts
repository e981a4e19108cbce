/** PipelineService: values, errors, access, and signatures meanwhile. */
import assert from "node:assert/strict";
import type { ExecutePipelineResponse, GetVersionResponse } from "../../src/api/mod.ts";
import type { CallContext, UnaryHandler, WorkUnit } from "../../src/grpc/mod.ts";
import { chain } from "../pipeline/_pipelines.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { NO_SIGNER, Served, StatusCode, pipelineService }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_served.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/pipeline/mod.ts"),
    ...await import("../../src/services/pipeline.ts"),
  }),
);
const test = onEachStack(gated);

type Nodes = Parameters<typeof chain>;

function wire(nodes: Nodes, limits = {}) {
  const manifest = chain(...nodes);
  return {
    ...manifest,
    limits,
    nodes: manifest.nodes.map(({ id, type, parameters }) => ({
      id,
      type,
      parametersJson: JSON.stringify(parameters),
    })),
  };
}

function sound(samples: Int16Array, sampleRate = 16_000) {
  const bytes = new Uint8Array(samples.buffer);
  const audio = { samples: bytes, sampleRate, channels: 1, format: "SAMPLE_FORMAT_I16" };
  return { name: "n0", audio };
}

function execute(
  served: Awaited<ReturnType<typeof Served.start>>,
  nodes: Nodes,
  input: object,
  limits = {},
) {
  const request = { manifest: wire(nodes, limits), inputs: [input] };
  return served.call<ExecutePipelineResponse>("pipeline.ExecutePipeline", request);
}

test("a pipeline returns its outputs and metrics", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const input = sound(new Int16Array([100, -200, 300]));
  const { outputs: [output], metrics } = await execute(
    served,
    [["convert_format", { format: "F32" }], ["gain", { gain_db: 0 }], ["convert_format", {
      format: "I16",
    }]],
    input,
  );
  assert.ok(output?.value === "audio");
  assert.deepEqual([...output.audio.samples], [...input.audio.samples]);
  assert.deepEqual([output.audio.sampleRate, output.audio.channels], [16_000, 1]);
  assert.equal(output.audio.format, "SAMPLE_FORMAT_I16");
  assert.equal(metrics?.memoryEstimateBytes, 6 * 3 * 3);
  assert.deepEqual(metrics?.nodes.map(({ id, type }) => [id, type]), [
    ["n0", "convert_format"],
    ["n1", "gain"],
    ["n2", "convert_format"],
  ]);
});

test("errors name the node, and have the status of their cause", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const second = sound(new Int16Array(16_000));
  const resample: Nodes[0] = ["resample", { sample_rate: 44_100, quality: 10 }];
  const cases: [Nodes, object, object, keyof typeof StatusCode, RegExp][] = [
    [
      [["gian"]],
      second,
      {},
      "INVALID_ARGUMENT",
      /Node n0 has the unknown type gian: did you mean gain\?/,
    ],
    [
      [["wav_decode"]],
      { name: "n0", data: new Uint8Array(9) },
      {},
      "INVALID_ARGUMENT",
      /Node n0 \(wav_decode\): The input is no WAV file/,
    ],
    [[["levels"]], second, { memoryBytes: 1_000 }, "RESOURCE_EXHAUSTED", /about 96000 bytes/],
    [[["levels"]], { name: "n0" }, {}, "INVALID_ARGUMENT", /input n0 has no value/],
    [[["levels"]], { name: "n0", json: "{" }, {}, "INVALID_ARGUMENT", /not JSON/],
    [
      [resample],
      sound(new Int16Array(1_000_000)),
      { timeMs: 1 },
      "DEADLINE_EXCEEDED",
      /Node n0 \(resample\): The execution takes over 1 ms/,
    ],
    [
      [["levels"]],
      { name: "n0", audio: { ...second.audio, samples: new Uint8Array(3) } },
      {},
      "INVALID_ARGUMENT",
      /3 bytes are no whole number of samples/,
    ],
    [
      [["levels"]],
      { name: "n0", audio: { ...second.audio, format: "SAMPLE_FORMAT_UNSPECIFIED" } },
      {},
      "INVALID_ARGUMENT",
      /No sample format is SAMPLE_FORMAT_UNSPECIFIED/,
    ],
  ];
  for (const [nodes, input, limits, status, message] of cases) {
    await assert.rejects(execute(served, nodes, input, limits), {
      code: StatusCode[status],
      message,
    });
  }
  await assert.rejects(served.call("pipeline.ExecutePipeline", {}), /no manifest/);
});

test("a signature does not wait for the end of a pipeline", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const sign = () => served.call("signing.Sign", { keyId: "ed25519", message: new Uint8Array(1) });
  await sign();
  // Each resampling takes as long as thousands of signatures.
  const nodes = Array.from({ length: 10 }, (_, i): Nodes[0] => {
    return ["resample", { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 }];
  });
  const order: string[] = [];
  const running = execute(served, [...nodes, ["levels"]], sound(new Int16Array(1_000_000)))
    .then(() => order.push("pipeline"));
  await Promise.all([running, sign().then(() => order.push("signature"))]);
  assert.deepEqual(order, ["signature", "pipeline"]);
});

gated("a thread runs 8 pipelines at once, and refuses others until one has ended", async () => {
  const { handlers } = pipelineService("1.2.3", () => NO_SIGNER);
  const { handle } = handlers.ExecutePipeline as UnaryHandler<unknown, Promise<unknown>>;
  const waiting: (() => void)[] = [];
  const context = {
    signal: new AbortController().signal,
    runInTurn: <T>([unit]: WorkUnit<T>[]) =>
      new Promise((resolve) => {
        waiting.push(() => resolve([{ status: "fulfilled", value: unit!.run() }]));
      }),
  } as unknown as CallContext;
  const inputs = [{ name: "n0", value: "json", json: "1" }];
  const begin = () => Promise.resolve(handle({ manifest: wire([["digest"]]), inputs }, context));
  const running = Array.from({ length: 8 }, begin);
  await assert.rejects(begin(), {
    code: StatusCode.RESOURCE_EXHAUSTED,
    message: /8 pipelines are running/,
  });
  // Libraries are loaded before the first part.
  for (let turns = 0; waiting.length < 8 && turns < 100; turns++) await Promise.resolve();
  waiting.shift()!();
  await running.shift();
  running.push(begin());
  for (let turns = 0; waiting.length < 8 && turns < 100; turns++) await Promise.resolve();
  for (const run of waiting) run();
  assert.equal((await Promise.all(running)).length, 8);
});

gated("a call that has ended cancels its pipeline", async () => {
  const { handlers } = pipelineService("1.2.3", () => NO_SIGNER);
  const { handle } = handlers.ExecutePipeline as UnaryHandler<unknown, Promise<unknown>>;
  const inputs = [{ name: "n0", value: "json", json: "1" }];
  const context = { signal: AbortSignal.abort() } as CallContext;
  const request = { manifest: wire([["digest"]]), inputs };
  await assert.rejects(Promise.resolve(handle(request, context)), {
    code: StatusCode.CANCELLED,
    message: "Node n0 (digest): The execution was cancelled",
  });
});

test("100 executions at once of small pipelines give the same answer or are refused", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const input = sound(Int16Array.from({ length: 1_600 }, (_, i) => (i * 7_919) % 30_000));
  const work: Nodes = [["resample", { sample_rate: 8_000 }], ["digest"]];
  const expected = (await execute(served, work, input)).outputs[0]?.data;
  const settled = await Promise.allSettled(
    Array.from({ length: 100 }, () => execute(served, work, input)),
  );
  let answered = 0;
  for (const each of settled) {
    if (each.status === "rejected") {
      assert.equal(each.reason.code, StatusCode.RESOURCE_EXHAUSTED);
      continue;
    }
    answered++;
    assert.deepEqual(each.value.outputs[0]?.data, expected);
  }
  assert.ok(answered > 0);
});

test("`GetVersion` lists the types of nodes", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const { version, manifestVersions, nodeTypes } = await served.call<GetVersionResponse>(
    "pipeline.GetVersion",
    {},
  );
  assert.equal(version, "1.2.3");
  assert.deepEqual(manifestVersions, [1]);
  const gain = nodeTypes.find(({ type }) => type === "gain");
  assert.deepEqual(gain?.parameters, [{
    name: "gain_db",
    description: "Decibels",
    values: "a number from -120 to 60",
    defaultJson: "",
  }]);
});

test("a server without the option serves no pipelines", async (stack) => {
  await using served = await Served.start(stack);
  await assert.rejects(served.call("pipeline.GetVersion", {}), { code: StatusCode.UNIMPLEMENTED });
});
