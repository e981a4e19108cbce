/** PipelineService: values, errors, access, and signatures meanwhile. @module */
import assert from "node:assert/strict";
import type {
  ExecutePipelineResponse,
  GetMetricsResponse,
  GetVersionResponse,
} from "../../src/api/mod.ts";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";
import { onEachStack } from "./_each_stack.ts";
import { type Nodes, sound, wire } from "./_pipeline_requests.ts";

const [gated, { Served, StatusCode }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_served.ts"),
    ...await import("../../src/grpc/mod.ts"),
  }),
);
const test = onEachStack(gated);

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

test("samples are the same at every address of a large request", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const bytes = Uint8Array.from({ length: 80_000 }, (_, i) => i * 31 % 251);
  for (const format of ["F32", "I16", "I32"]) {
    // The manifest stands before the samples.
    for (let shift = 0; shift < 4; shift++) {
      const audio = {
        samples: bytes.slice(shift * 4),
        sampleRate: 16_000,
        channels: 1,
        format: `SAMPLE_FORMAT_${format}`,
      };
      const manifest = { ...wire([["pass_through"]]), name: "a".repeat(shift) };
      const request = { manifest, inputs: [{ name: "n0", audio }] };
      const { outputs: [output] } = await served.call<ExecutePipelineResponse>(
        "pipeline.ExecutePipeline",
        request,
      );
      assert.ok(output?.value === "audio");
      assert.deepEqual(new Uint8Array(output.audio.samples), audio.samples);
      assert.equal(output.audio.format, audio.format);
    }
  }
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
      /input n0 has 3 bytes, which are no whole number of samples of 2/,
    ],
    [
      [["levels"]],
      { name: "n0", audio: { ...second.audio, format: "SAMPLE_FORMAT_UNSPECIFIED" } },
      {},
      "INVALID_ARGUMENT",
      /input n0 has the unknown format SAMPLE_FORMAT_UNSPECIFIED: there are SAMPLE_FORMAT_F32/,
    ],
  ];
  for (const [nodes, input, limits, status, message] of cases) {
    await assert.rejects(execute(served, nodes, input, limits), {
      code: StatusCode[status],
      message,
    });
  }
  await assert.rejects(served.call("pipeline.ExecutePipeline", {}), /no manifest/);
  const manifest = wire([["levels"]]);
  await assert.rejects(
    served.call("pipeline.ExecutePipeline", { manifest, inputs: [second, second] }),
    { code: StatusCode.INVALID_ARGUMENT, message: "The input n0 is given twice" },
  );
});

test("audio of impossible figures is refused by every node that takes audio", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const { audio } = sound(new Int16Array(4));
  const nodes: Nodes[] = [
    [["pass_through"]],
    [["gain", { gain_db: 0 }]],
    [["resample", { sample_rate: 8_000 }]],
    [["voice_activity"]],
    [["spectrum"]],
    [["wav_encode"]],
    [["digest"]],
  ];
  const wrong: [object, RegExp][] = [
    ...[0, -1, 768_001, 1_000_000_000, 2 ** 31 - 1, -(2 ** 31)].map((sampleRate) => {
      return [{ sampleRate }, new RegExp(`sample rate is ${sampleRate}: .* 1 to 768000`)] as const;
    }),
    ...[0, -1, 65, 65_536, 2 ** 31 - 1, -(2 ** 31)].map((channels) => {
      return [{ channels }, new RegExp(`has ${channels} channels: it must have 1 to 64`)] as const;
    }),
    [{ channels: 3 }, /4 samples are no whole number of frames of 3 channels/],
    [{ format: 99 }, /unknown format 99/],
    [{ format: -1 }, /unknown format -1/],
  ] as [object, RegExp][];
  for (const node of nodes) {
    for (const [change, message] of wrong) {
      const input = { name: "n0", audio: { ...audio, ...change } };
      await assert.rejects(execute(served, node, input), {
        code: StatusCode.INVALID_ARGUMENT,
        message,
      });
    }
  }
});

// 20 outputs of one buffer of 4 MB were a response of 80 MB, which the serving thread wrote without a pause.
test("the outputs of an execution are 50 MB at most", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const ids = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const manifest = {
    version: 1,
    nodes: ids.map((id) => ({ id, type: "pass_through" })),
    connections: ids.slice(1).map((to) => ({ from: "n0", to })),
    inputs: ["n0"],
    outputs: ids,
    limits: { memoryBytes: 400_000_000 },
  };
  const send = (bytes: number) =>
    served.call("pipeline.ExecutePipeline", {
      manifest,
      inputs: [{ name: "n0", data: new Uint8Array(bytes) }],
    });
  await assert.rejects(send(2_500_001), {
    code: StatusCode.RESOURCE_EXHAUSTED,
    message: "The outputs have over 50000000 bytes together, with that of node n19",
  });
  const { outputs } = await send(100) as ExecutePipelineResponse;
  assert.equal(outputs.length, 20);
});

test("parameters of nodes are parsed up to a length, of as many nodes as a manifest may have", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const refused = async (nodes: object[], message: RegExp) => {
    const manifest = { version: 1, nodes, outputs: ["a"] };
    await assert.rejects(served.call("pipeline.ExecutePipeline", { manifest }), {
      code: StatusCode.INVALID_ARGUMENT,
      message,
    });
  };
  const node = (id: string, parametersJson: string) => ({ id, type: "gain", parametersJson });
  await refused([node("a", " ".repeat(4_097))], /of node a has 4097 characters: at most 4096/);
  await refused([node("a", "{")], /parameters_json of node a is not JSON: /);
  const many = Array.from({ length: 21 }, (_, i) => node(`n${i}`, i < 20 ? "{}" : "{"));
  await refused(many, /^nodes has 21 items: at most 20 are allowed/);
});

test("a signature does not wait for the end of a pipeline", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const sign = () => served.call("signing.Sign", { keyId: "ed25519", message: new Uint8Array(1) });
  await sign();
  // Each resampling takes as long as hundreds of signatures.
  const nodes = Array.from({ length: 4 }, (_, i): Nodes[0] => {
    return ["resample", { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 }];
  });
  const order: string[] = [];
  const long = { timeMs: 30_000 };
  const running = execute(served, [...nodes, ["levels"]], sound(new Int16Array(400_000)), long)
    .then(() => order.push("pipeline"));
  await Promise.all([running, sign().then(() => order.push("signature"))]);
  assert.deepEqual(order, ["signature", "pipeline"]);
});

test("100 executions at once give the same answer, to the bit", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const input = sound(Int16Array.from({ length: 1_600 }, (_, i) => (i * 7_919) % 30_000));
  const work: Nodes = [["resample", { sample_rate: 8_000 }], ["digest"]];
  const expected = (await execute(served, work, input)).outputs[0]?.data;
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => execute(served, work, input)),
  );
  for (const { outputs } of answers) assert.deepEqual(outputs[0]?.data, expected);
});

test("`GetMetrics` counts executions, nodes and errors", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  await execute(
    served,
    [["resample", { sample_rate: 8_000 }], ["digest"]],
    sound(new Int16Array(99)),
  );
  await assert.rejects(execute(served, [["levels"]], { name: "n0", json: "1" }), /takes audio/);
  const { wallUs, cpuUs, nodeTypes, ...counts } = await served.call<GetMetricsResponse>(
    "pipeline.GetMetrics",
    {},
  );
  assert.ok(wallUs > 0 && cpuUs > 0);
  assert.deepEqual(nodeTypes.map(({ type, executions }) => [type, executions]), [
    ["resample", 1],
    ["digest", 1],
  ]);
  assert.deepEqual(counts, {
    executions: 1,
    audioBytes: 198,
    errors: [{ kind: "BAD_INPUT", count: 1 }],
    running: 0,
    waiting: 0,
    streams: 0,
  });
});

test("a client that leaves cancels its executions, running and waiting", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const metrics = () => served.call<GetMetricsResponse>("pipeline.GetMetrics", {});
  const untilMetrics = (holds: (metrics: GetMetricsResponse) => boolean) =>
    until("the executions go on", async () => holds(await metrics()));
  const long = Array.from({ length: 20 }, (_, i): Nodes[0] => {
    return ["resample", { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 }];
  });
  /** Opens calls, and leaves when as many run as can. */
  const leave = async (number: number, runs: number, frames: number, limits: object) => {
    const request = {
      manifest: wire(long, { timeMs: 30_000, ...limits }),
      inputs: [sound(new Int16Array(frames))],
    };
    const calls = Array.from({ length: number }, () => {
      const { responses } = served.open("pipeline.ExecutePipeline", [request]);
      return responses[Symbol.asyncIterator]();
    });
    const ends = Promise.allSettled(calls.map((call) => call.next()));
    await untilMetrics(({ running, waiting }) => running === runs && waiting === number - runs);
    for (const call of calls) await call.return?.();
    await ends;
    await untilMetrics(({ running, waiting }) => running === 0 && waiting === 0);
  };
  await leave(10, 8, 800_000, {});
  await leave(20, 16, 200_000, { memoryBytes: 24_000_000 });
  // Those that waited were counted as refused.
  await untilMetrics(({ errors }) => errors.reduce((sum, { count }) => sum + count, 0) === 30);
  const { executions, errors } = await metrics();
  assert.equal(executions, 0);
  assert.deepEqual(errors, [{ kind: "CANCELLED", count: 30 }]);
});

test("`GetVersion` lists the types of nodes", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const { version, manifestVersions, protocolVersions, nodeTypes } = await served.call<
    GetVersionResponse
  >(
    "pipeline.GetVersion",
    {},
  );
  assert.equal(version, "1.2.3");
  assert.deepEqual(manifestVersions, [1]);
  assert.deepEqual(protocolVersions, ["1"]);
  for (const [manifestVersion, expected] of [[0, true], [1, true], [2, false]] as const) {
    const { compatible } = await served.call<GetVersionResponse>("pipeline.GetVersion", {
      manifestVersion,
    });
    assert.equal(compatible, expected);
  }
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
