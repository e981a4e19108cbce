/**
 * The worker of pipelines: values cross by reference, signatures are made outside, failures and cancellation.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SentValue, Signer } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";
import { ExecutionThread } from "./_execution_thread.ts";
import { audio, chain, sentAudio } from "./_pipelines.ts";

const [test, loaded] = await gate(["env", "read", "ffi"], async () => ({
  ...await import("../../src/pipeline/mod.ts"),
  ...await import("../../src/pipeline/workers/mod.ts"),
}));
const { execute, createRegistry, NO_SIGNER, PipelineWorker, planOf, readManifest } = loaded;

type Nodes = Parameters<typeof chain>;

function open(
  worker: InstanceType<typeof PipelineWorker>,
  nodes: Nodes,
  { signer = NO_SIGNER as Signer } = {},
) {
  return worker.open(readManifest(chain(...nodes)), {
    signal: new AbortController().signal,
    signer,
  });
}

function push(job: ReturnType<typeof open>, value: SentValue, isLast = true) {
  return job.push(new Map([["n0", value]]), isLast);
}

const json = (value: string): SentValue => ({ kind: "json", text: JSON.stringify(value) });

test("an execution on the worker has the outputs of one without it", async () => {
  using worker = new PipelineWorker();
  const nodes: Nodes = [["resample", { sample_rate: 44_100 }], ["digest"]];
  const samples = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i));
  const plan = planOf(readManifest(chain(...nodes)), createRegistry());
  const { outputs } = await execute(plan, new Map([["n0", audio(samples)]]));
  const result = await push(open(worker, nodes), sentAudio(samples));
  assert.deepEqual(result.outputs, outputs);
  assert.ok(result.metrics.cpuMs > 0);
});

test("buffers move to the worker and back", async () => {
  using worker = new PipelineWorker();
  const samples = new Float32Array(1_000).fill(0.5);
  const input = sentAudio(samples);
  const { outputs } = await push(open(worker, [["pass_through"]]), input);
  assert.equal(input.bytes.length, 0);
  assert.deepEqual(outputs.get("n0"), sentAudio(samples));
});

// The samples of a request were copied out of its memory, on the thread that signs.
test("the memory of a request moves to the worker and back, with the samples in it", async () => {
  using worker = new PipelineWorker();
  for (const offset of [0, 1, 2, 3, 4]) {
    const memory = new ArrayBuffer(5_000);
    const samples = Float32Array.from({ length: 1_000 }, (_, i) => i + offset);
    const bytes = new Uint8Array(memory, offset, samples.byteLength);
    bytes.set(sentAudio(samples).bytes);
    const input: SentValue = { ...sentAudio(samples), bytes };
    const job = open(worker, [["pass_through"]]);
    const result = await job.push(new Map([["n0", input]]), true, memory);
    assert.equal(memory.detached, true);
    assert.equal(result.memory?.byteLength, 5_000);
    assert.deepEqual(result.outputs.get("n0"), sentAudio(samples));
    const output = result.outputs.get("n0");
    assert.ok(output?.kind === "audio");
    // Samples of 4 bytes are read in place at a multiple of 4, and are copied elsewhere.
    assert.equal(output.bytes.buffer === result.memory, offset % 4 === 0, `offset ${offset}`);
  }
});

test("JSON crosses as text, which only the worker parses and writes", async () => {
  using worker = new PipelineWorker();
  const text = '{ "a": [1, "é"] }';
  const { outputs } = await push(open(worker, [["pass_through"]]), { kind: "json", text });
  assert.deepEqual(outputs.get("n0"), { kind: "json", text: '{"a":[1,"é"]}' });
  for (
    const [text, code, message] of [
      ['{"a":', "BAD_INPUT", /^The input n0 is not JSON: /],
      [`"${"a".repeat(1_048_575)}"`, "LIMIT", /over 1048576 characters of JSON, with the input n0/],
      ["[".repeat(101), "BAD_INPUT", /^The JSON of the input n0 is nested over 100 deep$/],
    ] as const
  ) {
    const job = open(worker, [["pass_through"]]);
    await assert.rejects(push(job, { kind: "json", text }), { code, message });
  }
});

// Lists within lists were parsed, and then overflowed the stack of the worker when they were written: INTERNAL.
test("JSON is nested 100 deep at most, whatever its texts have", async () => {
  using worker = new PipelineWorker();
  const nested = (depth: number) => `${"[".repeat(depth)}"[[{\\"["${"]".repeat(depth)}`;
  const send = async (text: string) => {
    const { outputs } = await push(open(worker, [["pass_through"]]), { kind: "json", text });
    return outputs.get("n0");
  };
  assert.deepEqual(await send(nested(100)), { kind: "json", text: nested(100) });
  for (const depth of [101, 500_000]) {
    await assert.rejects(send(nested(depth)), { code: "BAD_INPUT", message: /over 100 deep/ });
  }
});

// 1e999 was parsed as Infinity, which was written as null.
test("numbers of JSON that are out of range are refused with their place", async () => {
  using worker = new PipelineWorker();
  const send = async (text: string) => {
    const { outputs } = await push(open(worker, [["pass_through"]]), { kind: "json", text });
    return outputs.get("n0");
  };
  const fine = '["1e999",1e+308,-1.7976931348623157e+308,5e-324]';
  assert.deepEqual(await send(fine), { kind: "json", text: fine });
  assert.deepEqual(await send("1e-999"), { kind: "json", text: "0" });
  const places: readonly [string, string][] = [
    ["1e999", "line 1, column 1"],
    ["[1e308, 1e309]", "line 1, column 9"],
    ['{\n  "a": "1e999",\n  "b": -1E+400\n}', "line 3, column 9"],
    [`[${"9".repeat(400)}]`, "line 1, column 2"],
  ];
  for (const [text, place] of places) {
    const message =
      `The JSON of the input n0 has a number out of the range of 64-bit floating point at ${place}`;
    await assert.rejects(send(text), { code: "BAD_INPUT", message });
  }
});

test("signatures are made by the signer of the caller, whose error is the cause", async () => {
  using worker = new PipelineWorker();
  const refusal = new Error("not with this key");
  const signer: Signer = {
    sign: ({ key, bytes }) => {
      return "id" in key ? Promise.resolve(bytes.slice(0, 2)) : Promise.reject(refusal);
    },
    verify: () => Promise.resolve(1),
  };
  const input: SentValue = { kind: "bytes", bytes: Uint8Array.of(1, 2, 3) };
  const { outputs } = await push(open(worker, [["sign", { key: "a" }]], { signer }), input);
  assert.deepEqual(outputs.get("n0"), { kind: "bytes", bytes: Uint8Array.of(1, 2) });
  const other: SentValue = { kind: "bytes", bytes: Uint8Array.of(1) };
  await assert.rejects(push(open(worker, [["sign", { key_type: "ed25519" }]], { signer }), other), {
    code: "NODE_FAILED",
    message: "Node n0 (sign): not with this key",
    node: "n0",
    cause: refusal,
  });
});

test("a worker that dies ends its executions, and the next one has another worker", async () => {
  const reasons: string[] = [];
  using worker = new PipelineWorker({
    onFailure: (reason) => reasons.push(reason),
    entry: new URL("./_scripted_worker.ts", import.meta.url),
  });
  const nodes: Nodes = [["digest"]];
  const ends = await Promise.allSettled([
    push(open(worker, nodes), json("wait")),
    push(open(worker, nodes), json("die")),
  ]);
  for (const end of ends) {
    assert.equal(end.status === "rejected" && end.reason.code, "WORKER_FAILED");
  }
  assert.equal(reasons.length, 1);
  assert.match(reasons[0]!, /out of memory/);
  const { outputs } = await push(open(worker, nodes), json("again"));
  assert.deepEqual(outputs.get("n0"), json("again"));
});

// The error was one of the worker: it ended the executions of other callers with UNAVAILABLE.
test("an execution that cannot begin ends by itself, and the worker goes on", async () => {
  using worker = new PipelineWorker({ onFailure: (reason) => assert.fail(reason) });
  const other = open(worker, [["digest"]]);
  await other.push(new Map([["n0", json("a")]]), false);
  await assert.rejects(push(open(worker, [["no_such_type"]]), json("b")), {
    code: "BAD_MANIFEST",
    message: /unknown type no_such_type/,
  });
  assert.equal((await other.push(undefined, true)).outputs.size, 1);
});

test("a worker that hangs is replaced", async () => {
  const reasons: string[] = [];
  using worker = new PipelineWorker({
    onFailure: (reason) => reasons.push(reason),
    entry: new URL("./_scripted_worker.ts", import.meta.url),
    answerMs: 100,
  });
  const manifest = readManifest({ ...chain(["digest"]), limits: { time_ms: 1 } });
  const owner = { signal: new AbortController().signal, signer: NO_SIGNER };
  await assert.rejects(push(worker.open(manifest, owner), json("hang")), { code: "WORKER_FAILED" });
  assert.deepEqual(reasons, ["An execution of chain hangs"]);
  assert.ok((await push(open(worker, [["digest"]]), json("again"))).outputs.has("n0"));
});

test("a cancelled execution ends on the worker, which goes on with others", async () => {
  using thread = new ExecutionThread();
  const digest = readManifest(chain(["digest"]));
  // Many seconds of work.
  const long = Array.from({ length: 20 }, (_, i): Nodes[0] => {
    return ["resample", { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 }];
  });
  thread.execute(0, readManifest(chain(...long)), sentAudio(new Float32Array(400_000)));
  // The worker is at work when it has answered another execution.
  thread.execute(1, digest, json("a"));
  assert.equal((await thread.answerOf(1)).kind, "done");
  assert.deepEqual(thread.answers.map(({ id }) => id), [1]);
  thread.post({ kind: "cancel", id: 0 });
  const end = await thread.answerOf(0);
  assert.ok(end.kind === "failed" && end.error.code === "CANCELLED");
  thread.execute(2, digest, json("b"));
  assert.equal((await thread.answerOf(2)).kind, "done");
});

// The texts of all executions were parsed first, and all outputs of one written together: 15 executions with JSON of
// 1 MiB held up the cancellation of another one for a second.
test("JSON is parsed and written in turns, so that other executions are cancelled meanwhile", async () => {
  using thread = new ExecutionThread();
  const nodes = Array.from({ length: 20 }, (): Nodes[0] => ["pass_through"]);
  const manifest = readManifest(chain(...nodes));
  const outputs = manifest.nodes.map(({ id }) => id);
  thread.execute(0, { ...manifest, outputs }, json("a"));
  thread.execute(1, manifest, json("b"));
  thread.execute(2, manifest, { kind: "json", text: "{" });
  thread.post({ kind: "cancel", id: 2 });
  assert.equal((await thread.answerOf(0)).kind, "done");
  // The one with a single output had fewer turns.
  assert.deepEqual(thread.answers.map(({ id }) => id), [2, 1, 0]);
  const cancelled = await thread.answerOf(2);
  assert.ok(cancelled.kind === "failed");
  assert.equal(cancelled.error.code, "CANCELLED");
});

// It waited in the queue of messages until the worker had started, and was begun then.
test("an execution that is cancelled before its worker is ready ends at once", async () => {
  using worker = new PipelineWorker();
  const abort = new AbortController();
  const input = sentAudio(new Float32Array(1_000));
  const manifest = readManifest(chain(["pass_through"]));
  const job = worker.open(manifest, { signal: abort.signal, signer: NO_SIGNER });
  const end = assert.rejects(push(job, input), { code: "CANCELLED" });
  const other = push(open(worker, [["pass_through"]]), json("other"));
  abort.abort();
  await end;
  assert.deepEqual((await other).outputs.get("n0"), json("other"));
  // The samples have not moved to the worker.
  assert.equal(input.bytes.length, 4_000);
});

test("a stream on the worker keeps its state, until it is disposed of", async () => {
  using worker = new PipelineWorker();
  const job = open(worker, [["digest"]]);
  await push(job, json("a"), false);
  await push(job, json("b"), false);
  const { outputs } = await job.push(undefined, true);
  const digest = outputs.get("n0");
  assert.ok(digest?.kind === "bytes" && digest.bytes.length === 32);
  {
    using left = open(worker, [["digest"]]);
    await push(left, json("a"), false);
    left[Symbol.dispose]();
    await assert.rejects(push(left, json("b")), { code: "CANCELLED" });
  }
});

// The memory of a WebAssembly library never shrinks: 80 executions with much state left 678 MB resident.
test("a worker says when its last execution leaves libraries that have grown", async () => {
  using thread = new ExecutionThread();
  // The filter of 192 to 4 kHz has 48 times as many taps, and each channel has as many samples.
  const manifest = readManifest(chain(["resample", { sample_rate: 4_000, quality: 10 }]));
  const value = { ...sentAudio(new Float32Array(64)), channels: 64, sampleRate: 192_000 };
  const open = async (id: number) => {
    const inputs = [["n0", value]] as const;
    thread.post({ kind: "part", id, manifest, inputs, memory: undefined, isLast: false });
    const answer = await thread.answerOf(id);
    assert.equal(answer.kind, "done", JSON.stringify(answer));
  };
  const ids = Array.from({ length: 24 }, (_, i) => i);
  for (const id of ids) await open(id);
  assert.equal(thread.grown, 0);
  for (const id of ids) thread.post({ kind: "cancel", id });
  await until("the thread has said that it has grown", () => thread.grown > 0);
  assert.equal(thread.grown, 1);
});

test("a worker that has grown is replaced when nothing has run for a while", async () => {
  const entry = new URL("./_scripted_worker.ts", import.meta.url);
  using worker = new PipelineWorker({ entry, replaceMs: 1 });
  const count = async (job = open(worker, [["digest"]]), isLast = true) => {
    const output = (await push(job, json("grow"), isLast)).outputs.get("n0");
    assert.ok(output?.kind === "json");
    return Number(output.text);
  };
  // A stream keeps the worker.
  const stream = open(worker, [["digest"]]);
  assert.equal(await count(stream, false), 1);
  assert.equal(await count(), 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await count(stream, true), 3);
  await until("the worker is replaced", async () => await count() === 1);
});
