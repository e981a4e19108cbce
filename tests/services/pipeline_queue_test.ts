/** Turns, limits and cancellation of pipelines: the queue, and the handlers without a server. @module */
import assert from "node:assert/strict";
import type { CallContext, UnaryHandler } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { sound, wire } from "./_pipeline_requests.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/pipeline/mod.ts"),
    ...await import("../../src/services/pipeline.ts"),
    ...await import("../../src/services/pipeline_queue.ts"),
    ...await import("../../src/services/interceptors.ts"),
  }),
);
const { ExecutionQueue, mapErrors, Metadata, NO_SIGNER, PipelineError, Pipelines } = loaded;
const { RpcError, StatusCode } = loaded;

test(
  "a queue runs what has room, in the order of arrival, and a call that leaves gives its place up",
  async () => {
    const queue = new ExecutionQueue(200, 8);
    const { signal } = new AbortController();
    const [first, second] = [await queue.turn(100, signal), await queue.turn(100, signal)];
    const order: string[] = [];
    const leaving = new AbortController();
    const left = queue.turn(100, leaving.signal);
    const third = queue.turn(100, signal).then((turn) => (order.push("third"), turn));
    const fourth = queue.turn(100, signal).then((turn) => (order.push("fourth"), turn));
    assert.equal(queue.waiting, 3);
    leaving.abort();
    await assert.rejects(left, { code: StatusCode.CANCELLED });
    first[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    second[Symbol.dispose]();
    (await fourth)[Symbol.dispose]();
    assert.deepEqual(order, ["third", "fourth"]);
    (await queue.turn(100, signal))[Symbol.dispose]();
  },
);

test(
  "an execution that may use much memory waits for it, and those after it wait, too",
  async () => {
    const queue = new ExecutionQueue(800, 8);
    const { signal } = new AbortController();
    const first = await queue.turn(100, signal);
    const order: string[] = [];
    // More than there is: it runs alone.
    const leaving = new AbortController();
    const large = queue.turn(1_000, leaving.signal);
    const small = [1, 2].map((n) =>
      queue.turn(100, signal).finally(() => order.push(`small ${n}`))
    );
    await settledSoon();
    assert.equal(order.length, 0);
    leaving.abort();
    await assert.rejects(large, { code: StatusCode.CANCELLED });
    for (const turn of [first, ...await Promise.all(small)]) turn[Symbol.dispose]();
    const alone = await queue.turn(1_000, signal);
    const next = queue.turn(1, signal).finally(() => order.push("next"));
    await settledSoon();
    assert.deepEqual(order, ["small 1", "small 2"]);
    alone[Symbol.dispose]();
    (await next)[Symbol.dispose]();
  },
);

// 400 executions that needed little memory ran at once: each had a turn of 1 ms, and a cancelled one ended after seconds.
test("executions that need little memory are limited in number", async () => {
  const queue = new ExecutionQueue(800, 2);
  const { signal } = new AbortController();
  const running = [await queue.turn(1, signal), await queue.turn(1, signal)];
  const third = queue.turn(1, signal);
  await settledSoon();
  assert.equal(queue.waiting, 1);
  running[0]![Symbol.dispose]();
  for (const turn of [running[1]!, await third]) turn[Symbol.dispose]();
  assert.equal(queue.waiting, 0);
});

test("a stream whose outputs are not read does not keep the turn of the others", async () => {
  using pipelines = new Pipelines({ version: "1.2.3", signerOf: () => NO_SIGNER });
  const { handle } = pipelines.service.handlers.StreamPipeline as unknown as {
    handle(requests: AsyncIterable<unknown>, context: CallContext): AsyncGenerator<unknown>;
  };
  const hangs = new AbortController();
  const timer = setTimeout(() => hangs.abort(), 60_000);
  // Each asks for all the memory of parts.
  const open = () => {
    const manifest = wire([["convert_format", { format: "F32" }]], { memoryBytes: 400_000_000 });
    const requests = (async function* () {
      yield { request: "manifest", manifest };
      const values = [{ ...sound(new Int16Array(160)), value: "audio" }];
      for (;;) yield { request: "chunk", chunk: { values } };
    })();
    return handle(requests, { signal: hangs.signal, peerIdentity: "" } as CallContext);
  };
  const streams = [open(), open(), open()];
  for (const stream of streams) {
    const { value } = await stream.next() as { value: { chunk?: unknown } };
    assert.ok(value.chunk);
  }
  for (const stream of streams) await stream.return(undefined);
  clearTimeout(timer);
});

/** Waits until what can be settled at once is. */
function settledSoon(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("a node that fails is named to the caller, and its reason to the log", () => {
  const logged: unknown[] = [];
  const { onError } = mapErrors(({ error }) => logged.push(error));
  const place = { node: "b", completed: ["a", "c"], cause: new RangeError("out of luck") };
  const failure = new PipelineError("NODE_FAILED", "Node b (gain): out of luck", place);
  const context = { metadata: new Metadata(), method: "", peer: "" } as unknown as CallContext;
  const shown = onError!(failure, context) as InstanceType<typeof RpcError>;
  assert.equal(shown.code, StatusCode.INTERNAL);
  assert.match(shown.message, /^Node b failed, when a, c had ended; the server's log has request /);
  assert.deepEqual(logged, [failure]);
});

test("a call that has ended cancels its pipeline", async () => {
  using pipelines = new Pipelines({ version: "1.2.3", signerOf: () => NO_SIGNER });
  const { handle } = pipelines.service.handlers.ExecutePipeline as UnaryHandler<
    unknown,
    Promise<unknown>
  >;
  const inputs = [{ name: "n0", value: "json", json: "1" }];
  const context = { signal: AbortSignal.abort(), peerIdentity: "" } as CallContext;
  const request = { manifest: wire([["digest"]]), inputs };
  await assert.rejects(Promise.resolve(handle(request, context)), {
    code: StatusCode.CANCELLED,
    message: "The execution was cancelled",
  });
});

test("512 pipelines of a peer run or wait, and one more is told when to try again", async () => {
  using pipelines = new Pipelines({ version: "1.2.3", signerOf: () => NO_SIGNER });
  const { handle } = pipelines.service.handlers.ExecutePipeline as UnaryHandler<
    unknown,
    Promise<unknown>
  >;
  const request = {
    manifest: wire([["digest"]]),
    inputs: [{ name: "n0", value: "json", json: "1" }],
  };
  const leaving = new AbortController();
  const execute = async (peerIdentity: string) =>
    await handle(request, { signal: leaving.signal, peerIdentity } as CallContext);
  const calls = Array.from({ length: 512 }, () => execute("10.0.0.1"));
  await assert.rejects(execute("10.0.0.1"), (error: InstanceType<typeof RpcError>) => {
    assert.equal(error.code, StatusCode.RESOURCE_EXHAUSTED);
    assert.match(error.message, /^Too many pipelines wait here: try again in \d+ ms$/);
    const details = error.metadata.get("grpc-status-details-bin") as Uint8Array;
    assert.match(new TextDecoder("latin1").decode(details), /google\.rpc\.RetryInfo/);
    return true;
  });
  // Another peer finds room.
  calls.push(execute("10.0.0.2"));
  leaving.abort();
  for (const { status } of await Promise.allSettled(calls)) assert.equal(status, "rejected");
});
