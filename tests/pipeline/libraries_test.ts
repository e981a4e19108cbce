/** Libraries of nodes: when they are loaded, and when nodes open their state in them. @module */
import assert from "node:assert/strict";
import { once } from "../../src/pipeline/nodes/_once.ts";
import { gate } from "../_support/gate.ts";
import { audio, chain } from "./_pipelines.ts";

const [test, loaded] = await gate(["env", "read"], () => import("../../src/pipeline/mod.ts"));
const { createRegistry, execute, Execution, planOf, readManifest } = loaded;

const samples = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));

/** A chain of resamplers, each of which has state in the library. */
function resamplers(count: number) {
  const nodes = Array.from({ length: count }, (_, i): Parameters<typeof chain>[0] => {
    return ["resample", { sample_rate: 15_000 + 1_000 * (i % 2) }];
  });
  return planOf(readManifest(chain(...nodes)), createRegistry());
}

// Each node of the first executions loaded the library for itself: 160 times on a server that had just started, during
// which it received no cancellation.
test("the first executions load a library once, however many nodes need it", async () => {
  const { instantiate } = WebAssembly;
  let calls = 0;
  WebAssembly.instantiate = ((...args: Parameters<typeof instantiate>) => {
    calls++;
    return instantiate(...args);
  }) as typeof instantiate;
  try {
    const plan = resamplers(20);
    const inputs = new Map([["n0", audio(samples)]]);
    await Promise.all(Array.from({ length: 8 }, () => execute(plan, inputs)));
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  assert.equal(calls, 1);
});

Deno.test("a library that could not be loaded is loaded again", async () => {
  let loads = 0;
  const load = once(async () => {
    await Promise.resolve();
    if (++loads === 1) throw new Error("out of memory");
    return loads;
  });
  const failed = await Promise.allSettled([load(), load()]);
  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected"]);
  assert.deepEqual(await Promise.all([load(), load()]), [2, 2]);
  assert.equal(await load(), 2);
});

test("a turn opens the state of one node, after which the execution can be cancelled", async () => {
  const abort = new AbortController();
  const opened: number[] = [];
  let clock = 0;
  using execution = new Execution(resamplers(20), {
    signal: abort.signal,
    // Each look at the clock is a millisecond later, so that each turn is one slice.
    now: () => clock++,
    inTurn: async (slice) => {
      opened.push(0);
      await Promise.resolve();
      return slice();
    },
  });
  execution.reserveState = () => {
    opened[opened.length - 1]!++;
    if (opened.filter((count) => count > 0).length === 3) abort.abort();
  };
  const inputs = new Map([["n0", audio(samples)]]);
  await assert.rejects(execution.push(inputs, true), { code: "CANCELLED", node: "n2" });
  assert.deepEqual(opened.filter((count) => count > 0), [1, 1, 1]);
});
