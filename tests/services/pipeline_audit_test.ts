/** The audit of pipelines: a line for each execution and stream, whatever its outcome. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { StreamPipelineResponse } from "../../src/api/mod.ts";
import type { Execution } from "../../src/audit/mod.ts";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, loaded] = await gate(["net", "env", "read", "sys", "ffi"], async () => ({
  ...await import("./_served.ts"),
  ...await import("../../src/access/mod.ts"),
  ...await import("../../src/access/files/mod.ts"),
  ...await import("../../src/api/mod.ts"),
  ...await import("../../src/grpc/mod.ts"),
}));
const test = onEachStack(gated);
const { Access, pipelineDefinition, RateLimits, readRules, Served, StatusCode } = loaded;

const manifest = {
  version: 1,
  nodes: [{ id: "hash", type: "digest" }],
  inputs: ["hash"],
  outputs: ["hash"],
};
const inputs = [{ name: "hash", data: new TextEncoder().encode("data") }];
const chunk = { chunk: { values: inputs } };

/** SHA-256 of the manifest, as lines have it. */
function manifestDigest(): string {
  const bytes = pipelineDefinition.ExecutePipeline.requestSerialize({ manifest });
  return createHash("sha256").update(bytes).digest("hex");
}

/** An audit trail in memory. It fails while `isFull`. */
class Trail {
  readonly executions: Execution[] = [];
  isFull = false;

  expectWritable(): void {
    if (this.isFull) throw new Error("No space left on device");
  }

  record(): void {
    assert.fail("No node signs");
  }

  recordExecution(execution: Execution): void {
    this.expectWritable();
    this.executions.push(execution);
  }

  /** Method, digest of the manifest, and outcome of each execution. */
  get lines() {
    return this.executions.map(({ method, manifest, outcome }) => [
      method,
      manifest && createHash("sha256").update(manifest).digest("hex"),
      outcome,
    ]);
  }
}

test("executions and streams have a line at their end", async (stack) => {
  const audit = new Trail();
  await using served = await Served.start(stack, { pipelines: true, audit });
  await served.call("pipeline.ExecutePipeline", { manifest, inputs });
  await served.call("pipeline.GetMetrics", {});
  const stream = served.open("pipeline.StreamPipeline", [{ manifest }, chunk, chunk]);
  await Array.fromAsync(stream.responses);
  assert.deepEqual(audit.lines, [
    ["ExecutePipeline", manifestDigest(), "OK"],
    ["StreamPipeline", manifestDigest(), "OK"],
  ]);
  const [{ identity, peer, request, us }] = audit.executions;
  assert.equal(identity, "ip=127.0.0.1");
  assert.match(peer, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  assert.match(request, /^[0-9a-f]{12}-/);
  assert.ok(us > 0);
});

test("executions that fail have a line with their status, one each", async (stack) => {
  const audit = new Trail();
  await using served = await Served.start(stack, { pipelines: true, audit });
  const execute = (request: object) => served.call("pipeline.ExecutePipeline", request);
  await assert.rejects(execute({ inputs }), { code: StatusCode.INVALID_ARGUMENT });
  const unknown = { ...manifest, nodes: [{ id: "hash", type: "nosuch" }] };
  await assert.rejects(execute({ manifest: unknown, inputs }));
  await assert.rejects(execute({ manifest, inputs: [] }), { code: StatusCode.INVALID_ARGUMENT });
  const stream = served.open("pipeline.StreamPipeline", [{ manifest }, { manifest }]);
  await assert.rejects(Array.fromAsync(stream.responses), { code: StatusCode.INVALID_ARGUMENT });
  assert.deepEqual(audit.lines, [
    // A manifest that cannot be used is not in the line: it may be large.
    ["ExecutePipeline", undefined, "INVALID_ARGUMENT"],
    ["ExecutePipeline", undefined, "INVALID_ARGUMENT"],
    ["ExecutePipeline", manifestDigest(), "INVALID_ARGUMENT"],
    ["StreamPipeline", manifestDigest(), "INVALID_ARGUMENT"],
  ]);
});

test("a stream whose client leaves has a line", async (stack) => {
  const audit = new Trail();
  await using served = await Served.start(stack, { pipelines: true, audit });
  const open = Promise.withResolvers<void>();
  const speech = {
    version: 1,
    nodes: [{ id: "rate", type: "resample", parametersJson: '{"sample_rate":16000}' }],
    inputs: ["rate"],
    outputs: ["rate"],
  };
  const audio = {
    ...{ samples: new Uint8Array(9_600), sampleRate: 48_000, channels: 1 },
    format: "SAMPLE_FORMAT_I16",
  };
  const call = served.open<StreamPipelineResponse>(
    "pipeline.StreamPipeline",
    async function* () {
      yield { manifest: speech };
      yield { chunk: { values: [{ name: "rate", audio }] } };
      await open.promise;
    }(),
  );
  const read = call.responses[Symbol.asyncIterator]();
  await read.next();
  await read.return?.();
  open.resolve();
  await until("there is a line", () => audit.executions.length > 0, 10_000);
  assert.deepEqual(audit.lines.map(([method, , outcome]) => [method, outcome]), [
    ["StreamPipeline", "CANCELLED"],
  ]);
});

test("a caller whom no rule allows pipelines has a line", async (stack) => {
  const audit = new Trail();
  const rules = readRules("rules:\n  - { who: anyone, operations: [echo] }\n", "rules");
  const policy = { tokens: undefined, rules, rates: RateLimits.memory(rules) };
  const access = new Access(policy, () => {});
  await using served = await Served.start(stack, { pipelines: true, audit, access });
  const denied = { code: StatusCode.PERMISSION_DENIED };
  await assert.rejects(served.call("pipeline.ExecutePipeline", { manifest, inputs }), denied);
  await assert.rejects(served.call("pipeline.GetMetrics", {}), denied);
  assert.deepEqual(audit.lines, [["ExecutePipeline", undefined, "PERMISSION_DENIED"]]);
});

test("no pipeline runs without its line", async (stack) => {
  const audit = new Trail();
  await using served = await Served.start(stack, { pipelines: true, audit });
  audit.isFull = true;
  await assert.rejects(served.call("pipeline.ExecutePipeline", { manifest, inputs }), {
    code: StatusCode.UNAVAILABLE,
    message: "The audit log cannot be written, so no pipeline runs",
  });
  audit.isFull = false;
  await served.call("pipeline.ExecutePipeline", { manifest, inputs });
  assert.deepEqual(audit.lines, [["ExecutePipeline", manifestDigest(), "OK"]]);
});
