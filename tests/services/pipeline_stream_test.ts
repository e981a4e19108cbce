/** StreamPipeline: results as they come, limits, cancellation. @module */
import assert from "node:assert/strict";
import type { GetMetricsResponse, StreamPipelineResponse } from "../../src/api/mod.ts";
import type { BidiHandler, CallContext, UnaryHandler } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served, StatusCode, Pipelines, NO_SIGNER }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_served.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/pipeline/mod.ts"),
    ...await import("../../src/services/pipeline.ts"),
  }),
);
const test = onEachStack(gated);

/** Resamples to 16 kHz and finds speech; the digest comes at the end. */
const manifest = {
  version: 1,
  nodes: [
    { id: "rate", type: "resample", parametersJson: '{"sample_rate":16000}' },
    { id: "speech", type: "voice_activity" },
    { id: "hash", type: "digest" },
  ],
  connections: [{ from: "rate", to: "speech" }, { from: "rate", to: "hash" }],
  inputs: ["rate"],
  outputs: ["rate", "speech", "hash"],
};

/** A chunk of 100 ms of a tone at 48 kHz. */
function chunk(index: number, frames = 4_800) {
  const samples = Int16Array.from({ length: frames }, (_, i) => {
    return 8_000 * Math.sin((index * frames + i) * 0.05);
  });
  const audio = {
    samples: new Uint8Array(samples.buffer),
    sampleRate: 48_000,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  };
  return { chunk: { values: [{ name: "rate", audio }] } };
}

/** Responses of a stream of requests. */
async function responses(
  served: Awaited<ReturnType<typeof Served.start>>,
  requests: Iterable<object> | AsyncIterable<object>,
): Promise<StreamPipelineResponse[]> {
  const call = served.open<StreamPipelineResponse>("pipeline.StreamPipeline", requests);
  return await Array.fromAsync(call.responses);
}

test("100 chunks: each is answered before the next is sent, and metrics end the stream", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  let answer = Promise.withResolvers<void>();
  async function* requests() {
    yield { manifest };
    for (let index = 0; index < 100; index++) {
      yield chunk(index);
      await answer.promise;
      answer = Promise.withResolvers();
    }
  }
  const call = served.open<StreamPipelineResponse>("pipeline.StreamPipeline", requests());
  const names: string[] = [];
  let bytes = 0;
  let last: StreamPipelineResponse | undefined;
  for await (const response of call.responses) {
    last = response;
    if (response.response !== "chunk") continue;
    names.push(response.chunk.values.map(({ name }) => name).join());
    for (const { audio } of response.chunk.values) bytes += audio?.samples.length ?? 0;
    answer.resolve();
  }
  assert.deepEqual(names, [...Array(100).fill("rate,speech"), "rate,speech,hash"]);
  // 10 s of F32 at 16 kHz.
  assert.equal(bytes, 640_000);
  assert.ok(last?.response === "metrics");
  assert.equal(last.metrics.audioBytes, 960_000);
  assert.ok(last.metrics.cpuUs > 0 && last.metrics.wallUs > 0);
});

test("errors of a stream name their cause, and the node", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const cases: [object[], keyof typeof StatusCode, RegExp][] = [
    [[chunk(0)], "INVALID_ARGUMENT", /first request of a stream must have the manifest/],
    [[{ manifest }, { manifest }], "INVALID_ARGUMENT", /must have a chunk/],
    [[{ manifest: { ...manifest, inputs: [] } }], "INVALID_ARGUMENT", /no source for its input/],
    [[{ manifest }, { chunk: {} }], "INVALID_ARGUMENT", /no value for the input rate/],
    [
      [{ manifest }, chunk(0, 600_000)],
      "RESOURCE_EXHAUSTED",
      /chunk has 1200000 bytes: at most 1048576/,
    ],
    [
      [{
        manifest: {
          version: 1,
          nodes: [{ id: "file", type: "wav_decode" }],
          inputs: ["file"],
          outputs: ["file"],
        },
      }],
      "INVALID_ARGUMENT",
      /Node file \(wav_decode\) needs its whole input/,
    ],
  ];
  for (const [requests, status, message] of cases) {
    await assert.rejects(responses(served, requests), { code: StatusCode[status], message });
  }
  // The server goes on.
  assert.equal((await responses(served, [{ manifest }, chunk(0)])).length, 3);
});

test("a client that leaves a stream frees its place", async (stack) => {
  await using served = await Served.start(stack, { pipelines: true });
  const streams = async () =>
    (await served.call<{ streams: number }>("pipeline.GetMetrics", {})).streams;
  const open = Promise.withResolvers<void>();
  const call = served.open<StreamPipelineResponse>(
    "pipeline.StreamPipeline",
    async function* () {
      yield { manifest };
      yield chunk(0);
      await open.promise;
    }(),
  );
  const read = call.responses[Symbol.asyncIterator]();
  await read.next();
  assert.equal(await streams(), 1);
  await read.return?.();
  open.resolve();
  await until("the stream is closed", async () => await streams() === 0);
});

gated("a stream without a chunk for too long ends", async () => {
  const [{ handle }, pipelines] = handlerOf({ maxIdleMs: 20 });
  using _pipelines = pipelines;
  const never = new Promise<never>(() => {});
  const stream = handle(
    async function* () {
      yield { request: "manifest", manifest: wire };
      await never;
    }(),
    context(),
  );
  await assert.rejects(Array.fromAsync(stream), {
    code: StatusCode.DEADLINE_EXCEEDED,
    message: "No chunk has arrived for 0.02 s",
  });
});

gated("the errors of streams are counted by their kind", async () => {
  const [{ handle }, pipelines] = handlerOf({ maxIdleMs: 20 });
  using _pipelines = pipelines;
  const first = { request: "manifest", manifest: wire };
  const chunkOf = (frames: number) => {
    const { chunk: { values: [value] } } = chunk(0, frames);
    return { request: "chunk", chunk: { values: [{ ...value, value: "audio" }] } };
  };
  const open = (...requests: object[]) =>
    handle(
      async function* () {
        yield* requests;
        await new Promise<never>(() => {});
      }(),
      context(),
    ) as AsyncGenerator;
  await assert.rejects(open(first).next(), { code: StatusCode.DEADLINE_EXCEEDED });
  await assert.rejects(open(first, chunkOf(600_000)).next(), { message: /chunk has 1200000/ });
  await assert.rejects(open(chunkOf(1)).next(), { message: /must have the manifest/ });
  // A client that leaves while it has not read a response. It was not counted.
  const left = open(first, chunkOf(4_800));
  await left.next();
  await left.return(undefined);
  const { GetMetrics } = pipelines.service.handlers;
  const { errors } = await (GetMetrics as UnaryHandler<object, GetMetricsResponse>)
    .handle({}, context());
  assert.deepEqual(errors, [
    { kind: "LIMIT", count: 1 },
    { kind: "TIMED_OUT", count: 1 },
    { kind: "CANCELLED", count: 1 },
    { kind: "REFUSED", count: 1 },
  ]);
});

gated("a peer opens 32 streams at once, and is told when to try again", async () => {
  const [{ handle }, pipelines] = handlerOf({});
  using _pipelines = pipelines;
  const done = Promise.withResolvers<void>();
  const open = () =>
    handle(
      async function* () {
        await done.promise;
        yield { request: "manifest", manifest: wire };
      }(),
      context(),
    ) as AsyncGenerator;
  const streams = Array.from({ length: 32 }, open);
  const reads = streams.map((stream) => stream.next());
  await assert.rejects(open().next(), (error: InstanceType<typeof RpcErrorClass>) => {
    assert.equal(error.code, StatusCode.RESOURCE_EXHAUSTED);
    assert.match(error.message, /try again in 1000 ms/);
    // google.rpc.Status with RetryInfo, whose delay is 1 s.
    const details = error.metadata.get("grpc-status-details-bin") as Uint8Array;
    const text = new TextDecoder("latin1").decode(details);
    assert.ok(text.includes("type.googleapis.com/google.rpc.RetryInfo"));
    assert.deepEqual([...details.slice(-6)], [0x0a, 4, 0x08, 1, 0x10, 0]);
    return true;
  });
  done.resolve();
  await Promise.all(reads);
});

const { RpcError: RpcErrorClass } = await import("../../src/grpc/mod.ts");

/** The manifest as a decoded message has it. */
const wire = {
  ...manifest,
  name: "",
  limits: null,
  nodes: manifest.nodes.map((node) => ({ parametersJson: "", ...node })),
};

function context(): CallContext {
  return {
    signal: new AbortController().signal,
    peerIdentity: "ip:10.0.0.5",
  } as unknown as CallContext;
}

function handlerOf(options: { maxIdleMs?: number }) {
  const pipelines = new Pipelines({ version: "1.2.3", signerOf: () => NO_SIGNER, ...options });
  const handler = pipelines.service.handlers.StreamPipeline as BidiHandler<unknown, unknown>;
  return [handler, pipelines] as const;
}
