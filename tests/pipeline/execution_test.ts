/** Executions: order, references, limits, cancellation and failures. @module */
import assert from "node:assert/strict";
import {
  createRegistry,
  defineNode,
  execute,
  type ExecuteOptions,
  PipelineError,
  planOf,
  readManifest,
  type Value,
} from "../../src/pipeline/mod.ts";
import { audio, chain, randomNumbers } from "./_pipelines.ts";

let released = 0;

/** Never ends, and has something to release. */
const endless = defineNode({
  type: "endless",
  description: "",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {},
  *run() {
    try {
      for (;;) yield;
    } finally {
      released++;
    }
  },
});

const failing = defineNode({
  type: "failing",
  description: "",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {},
  // deno-lint-ignore require-yield -- it fails at once
  *run() {
    throw new RangeError("out of luck");
  },
});

/** Cannot be opened. */
const unopened = defineNode({
  type: "unopened",
  description: "",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {},
  open() {
    throw new RangeError("no memory");
  },
});

/** Counts its disposals. */
const opened = defineNode({
  type: "opened",
  description: "",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {},
  open: () => ({
    *push() {
      yield;
      return undefined;
    },
    [Symbol.dispose]() {
      released++;
    },
  }),
});

/** Names its own place in the order, and those of its inputs. */
const pair = defineNode({
  type: "pair",
  description: "",
  inputs: { in: ["json"], other: ["json"] },
  output: "json",
  parameters: {},
  *run({ in: first, other }) {
    yield;
    const depth = (value: Value | undefined) => value?.kind === "json" ? Number(value.json) : NaN;
    return { kind: "json", json: Math.max(depth(first), depth(other)) + 1 };
  },
});

const registry = createRegistry([endless, failing, opened, pair, unopened]);

function run(manifest: unknown, input: Value, options: ExecuteOptions = {}) {
  return execute(planOf(readManifest(manifest), registry), new Map([["n0", input]]), options);
}

const second = audio(new Float32Array(16_000));

Deno.test("values pass between nodes by reference", async () => {
  const { outputs } = await run(chain(["pass_through"], ["mix_down"], ["pass_through"]), second);
  assert.equal(outputs.get("n2"), second);
});

Deno.test("an execution reports its time, memory and nodes", async () => {
  const { metrics } = await run(chain(["gain", { gain_db: 0 }], ["digest"]), second);
  assert.equal(metrics.memoryEstimateBytes, 64_000 * 2 * 3);
  assert.equal(metrics.allocatedBytes, 64_000);
  assert.deepEqual(metrics.nodes.map(({ id, type }) => [id, type]), [["n0", "gain"], [
    "n1",
    "digest",
  ]]);
  assert.ok(metrics.wallMs >= metrics.nodes[0]!.ms + metrics.nodes[1]!.ms);
});

Deno.test("a node that throws ends its execution, with its name and cause", async () => {
  const failed = run(chain(["pass_through"], ["failing"]), second);
  const passed = run(chain(["pass_through"]), second);
  await assert.rejects(failed, (error: PipelineError) => {
    assert.equal(error.code, "NODE_FAILED");
    assert.equal(error.message, "Node n1 (failing): out of luck");
    assert.equal(error.node, "n1");
    assert.deepEqual(error.completed, ["n0"]);
    assert.ok(error.cause instanceof RangeError);
    return true;
  });
  assert.equal((await passed).outputs.get("n0"), second);
});

Deno.test("a node that cannot be opened is named, and the nodes that were opened are released", async () => {
  const before = released;
  await assert.rejects(run(chain(["opened"], ["unopened"]), second), {
    code: "NODE_FAILED",
    node: "n1",
    message: "Node n1 (unopened): no memory",
  });
  assert.equal(released, before + 1);
});

Deno.test("an execution ends at its time limit, and releases its node", async () => {
  const before = released;
  let time = 0;
  const manifest = { ...chain(["pass_through"], ["endless"]), limits: { time_ms: 50 } };
  await assert.rejects(run(manifest, second, { now: () => time += 0.4 }), {
    code: "TIMED_OUT",
    node: "n1",
    message: "Node n1 (endless): The execution takes over 50 ms: time_ms allows no more",
  });
  assert.equal(released, before + 1);
});

Deno.test("an execution that is cancelled ends, and releases its node", async () => {
  const before = released;
  const abort = new AbortController();
  const running = run(chain(["endless"]), second, { signal: abort.signal });
  await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort();
  await assert.rejects(running, { code: "CANCELLED", node: "n0" });
  assert.equal(released, before + 1);
});

Deno.test("an execution whose turn is refused releases its node", async () => {
  const before = released;
  let turns = 0;
  const inTurn = <T>(part: () => T) => {
    if (turns++ > 2) return Promise.reject(new Error("the queue is full"));
    return Promise.resolve(part());
  };
  await assert.rejects(run(chain(["endless"]), second, { inTurn }), /queue is full/);
  assert.equal(released, before + 1);
});

Deno.test("the limits of memory and buffers hold for inputs and for nodes", async () => {
  const limited = (limits: Record<string, number>, ...nodes: Parameters<typeof chain>) =>
    run({ ...chain(...nodes), limits }, second);
  await assert.rejects(limited({ buffer_bytes: 63_999 }, ["levels"]), {
    code: "LIMIT",
    message: /input n0 has 64000 bytes/,
  });
  await assert.rejects(limited({ memory_bytes: 191_999 }, ["levels"]), {
    code: "LIMIT",
    message: /needs about 192000 bytes/,
  });
  // A small input can ask for a large output.
  const channels = Array(64).fill(0);
  await assert.rejects(limited({ buffer_bytes: 64_000 }, ["channel_map", { channels }]), {
    code: "LIMIT",
    node: "n0",
    message: /buffer of 4096000 bytes/,
  });
  await assert.rejects(limited({ memory_bytes: 200_000 }, ["channel_map", { channels }]), {
    code: "LIMIT",
    message: /more memory than the limit/,
  });
});

Deno.test("inputs that are missing, unknown or of another kind are refused", async () => {
  const plan = planOf(readManifest(chain(["gain", { gain_db: 1 }])), registry);
  await assert.rejects(execute(plan, new Map()), {
    code: "BAD_INPUT",
    message: "There is no value for the input n0",
  });
  await assert.rejects(
    execute(plan, new Map([["n0", second], ["x", second]])),
    /no input x: it has n0/,
  );
  const json: Value = { kind: "json", json: 1 };
  await assert.rejects(
    execute(plan, new Map([["n0", json]])),
    /Node n0 \(gain\): The input in takes audio, not json/,
  );
  for (
    const wrong of [
      audio(new Float32Array(3), 2),
      audio(new Float32Array(0), 0),
      audio(new Float32Array(0), 1, 0.5),
    ]
  ) {
    await assert.rejects(execute(plan, new Map([["n0", wrong]])), {
      code: "BAD_INPUT",
      node: "n0",
    });
  }
});

Deno.test("random graphs: each node runs once, after its sources, and a back edge is a cycle", async () => {
  const random = randomNumbers(16);
  for (let round = 0; round < 200; round++) {
    const count = 2 + Math.floor(random() * 19);
    const pick = (below: number) => Math.floor(random() * below);
    const connections = [];
    const depths = [0];
    for (let to = 1; to < count; to++) {
      const [a, b] = [pick(to), pick(to)];
      connections.push({ from: `n${a}`, to: `n${to}` }, { from: `n${b}`, to: `n${to}.other` });
      depths.push(Math.max(depths[a]!, depths[b]!) + 1);
    }
    const nodes = depths.map((_, id) => ({
      id: `n${id}`,
      type: id === 0 ? "pass_through" : "pair",
    }))
      .toSorted(() => random() - 0.5);
    const outputs = nodes.map(({ id }) => id);
    const manifest = { version: 1, nodes, connections, inputs: ["n0"], outputs };
    const { outputs: values, metrics } = await run(manifest, { kind: "json", json: 0 }, {
      inTurn: (part) => Promise.resolve(part()),
    });
    assert.equal(new Set(metrics.nodes.map(({ id }) => id)).size, count);
    depths.forEach((json, id) => assert.deepEqual(values.get(`n${id}`), { kind: "json", json }));
    // Each node leads back to n0.
    const last = pick(count - 1) + 1;
    const cyclic = {
      ...manifest,
      inputs: [],
      connections: [...connections, { from: `n${last}`, to: "n0" }],
    };
    assert.throws(() => planOf(readManifest(cyclic), registry), /cycle: (n\d+) -> (.* -> )?\1$/);
  }
});
