/** Validation of manifests: each error names the wrong value. @module */
import assert from "node:assert/strict";
import { createRegistry, PipelineError, planOf, readManifest } from "../../src/pipeline/mod.ts";
import { chain } from "./_pipelines.ts";

const registry = createRegistry();

function refusal(manifest: unknown): PipelineError {
  try {
    planOf(readManifest(manifest), registry);
  } catch (error) {
    assert.ok(error instanceof PipelineError);
    assert.equal(error.code, "BAD_MANIFEST");
    return error;
  }
  assert.fail("the manifest was accepted");
}

const good = chain(["mix_down"], ["gain", { gain_db: -6 }], ["digest"]);

const faults: [what: string, manifest: unknown, path: string, message: RegExp][] = [
  ["no object", 5, "", /manifest must be an object/],
  ["nothing", null, "", /^The manifest is empty$/],
  ["another version", { ...good, version: 2 }, "version", /is 2: it must be 1/],
  ["a version as text", { ...good, version: "1" }, "version", /is "1": it must be 1/],
  ["no version", { ...good, version: undefined }, "version", /no version: it must be 1/],
  ["no list of nodes", { ...good, nodes: undefined }, "nodes", /has no nodes: it must be a list/],
  ["nodes by name", { ...good, nodes: { a: {} } }, "nodes", /a list, not an object/],
  [
    "a node as text",
    { ...good, nodes: ["gain"] },
    "nodes.0",
    /fields id, type, parameters, not text/,
  ],
  ["a node without a type", chain2({ type: undefined }), "nodes.0.type", /Node n0 has no type: /],
  ["a node without an id", chain2({ id: undefined }), "nodes.0.id", /nodes\.0 has no id: /],
  [
    "a connection as text",
    { ...good, connections: ["n0 -> n1"] },
    "connections.0",
    /an object with the fields from, to, not text/,
  ],
  [
    "a connection to nothing",
    { ...good, connections: [{ from: "n0" }] },
    "connections.0.to",
    /connections\.0 has no valid field to: it must be the id of a node/,
  ],
  ["a limit with a unit", { ...good, limits: { time_ms: "9s" } }, "limits.time_ms", /is "9s": /],
  [
    "an unknown field",
    { ...good, node: [] },
    "node",
    /manifest cannot have the field "node": did you mean nodes\?/,
  ],
  ["no nodes", { ...good, nodes: [] }, "nodes", /no node/],
  ["no outputs", { ...good, outputs: [] }, "outputs", /no output/],
  [
    "too many nodes",
    { ...good, nodes: Array(21).fill(good.nodes[0]) },
    "nodes",
    /21 items: at most 20/,
  ],
  ["a bad id", chain2({ id: "a.b" }), "nodes.0.id", /must begin with a letter/],
  ["an id twice", chain2({ id: "n1" }), "nodes.1.id", /Two nodes have the id n1/],
  [
    "an unknown type",
    chain2({ type: "gian" }),
    "nodes.0.type",
    /did you mean gain\? There are pass_through, gain, /,
  ],
  [
    "a type of Object's prototype",
    chain2({ type: "constructor" }),
    "nodes.0.type",
    /unknown type constructor/,
  ],
  [
    "an unknown parameter",
    chain(["gain", { gain: 1 }]),
    "nodes.0.parameters.gain",
    /no parameter gain: there are gain_db/,
  ],
  [
    "a parameter missing",
    chain(["gain"]),
    "nodes.0.parameters",
    /Node n0 \(gain\): The parameter gain_db is missing/,
  ],
  [
    "a parameter out of range",
    chain(["gain", { gain_db: 61 }]),
    "nodes.0.parameters.gain_db",
    /is 61: it must be a number from -120 to 60/,
  ],
  [
    "NaN as a parameter",
    chain(["gain", { gain_db: NaN }]),
    "nodes.0.parameters.gain_db",
    /is NaN: it must be a number/,
  ],
  [
    "a number over all limits",
    chain(["gain", { gain_db: 1e999 }]),
    "nodes.0.parameters.gain_db",
    /is Infinity: it must be a number/,
  ],
  [
    "a long text",
    chain(["gain", { gain_db: "x".repeat(99) }]),
    "nodes.0.parameters.gain_db",
    /x…:/,
  ],
  ["no key", chain(["sign"]), "nodes.0.parameters", /It needs the parameter key, or key_type/],
  [
    "two keys",
    chain(["sign", { key: "k", key_type: "ed25519" }]),
    "nodes.0.parameters",
    /It has key and key_type: give one of them/,
  ],
  [
    "a fraction",
    chain(["resample", { sample_rate: 8000.5 }]),
    "nodes.0.parameters.sample_rate",
    /whole number/,
  ],
  [
    "no such choice",
    chain(["digest", { algorithm: "MD5" }]),
    "nodes.0.parameters.algorithm",
    /"MD5": it must be one of SHA-256/,
  ],
  [
    "an empty channel map",
    chain(["channel_map", { channels: [] }]),
    "nodes.0.parameters.channels",
    /list of 1 to 64/,
  ],
  [
    "an unknown node",
    { ...good, connections: [{ from: "x", to: "n1" }] },
    "connections.0.from",
    /There is no node "x": there are n0, n1, n2/,
  ],
  [
    "an unknown input",
    { ...good, inputs: ["n0.left"] },
    "inputs.0",
    /has no input "left": its inputs are in/,
  ],
  [
    "two sources",
    { ...good, inputs: ["n0", "n1"] },
    "inputs.1",
    /input in of node n1 has two sources/,
  ],
  ["no source", { ...good, inputs: [] }, "nodes.0", /n0 has no source for its input in/],
  ["an unknown output", { ...good, outputs: ["n9"] }, "outputs.0", /no node "n9"/],
  ["an output twice", { ...good, outputs: ["n2", "n2"] }, "outputs.1", /given twice/],
  [
    "a cycle",
    { ...good, inputs: [], connections: [...good.connections, { from: "n2", to: "n0" }] },
    "connections",
    /cycle: n0 -> n1 -> n2 -> n0/,
  ],
  [
    "a node on itself",
    { ...good, inputs: [], connections: [...good.connections, { from: "n0", to: "n0" }] },
    "connections",
    /cycle: n0 -> n0/,
  ],
  [
    "a kind that does not fit",
    chain(["digest"], ["gain", { gain_db: 0 }]),
    "connections",
    /n1 takes audio, and n0 gives bytes/,
  ],
  [
    "a kind behind pass_through",
    chain(["digest"], ["pass_through"], ["gain", { gain_db: 0 }]),
    "connections",
    /n2 takes audio, and n1 gives bytes/,
  ],
  [
    "a limit over the maximum",
    { ...good, limits: { time_ms: 30_001 } },
    "limits.time_ms",
    /from 1 to 30000/,
  ],
  [
    "an unknown limit",
    { ...good, limits: { time: 1 } },
    "limits.time",
    /limits cannot have the field "time": there are time_ms, /,
  ],
];

function chain2(change: Record<string, unknown>) {
  const manifest = chain(["pass_through"], ["pass_through"]);
  return { ...manifest, nodes: [{ ...manifest.nodes[0], ...change }, manifest.nodes[1]] };
}

Deno.test("parameters without content are none, as limits are", () => {
  const manifest = chain2({ parameters: null });
  assert.equal(planOf(readManifest({ ...manifest, limits: null }), registry).nodes.length, 2);
});

Deno.test("a manifest is planned, with its nodes in order and the default limits", () => {
  const plan = planOf(readManifest({ ...good, nodes: good.nodes.toReversed() }), registry);
  assert.deepEqual(plan.nodes.map(({ id }) => id), ["n0", "n1", "n2"]);
  assert.deepEqual(plan.limits, { timeMs: 10_000, memoryBytes: 1e8, bufferBytes: 5e7 });
  assert.deepEqual(plan.nodes[2]!.parameters, { algorithm: "SHA-256" });
});

for (const [what, manifest, path, message] of faults) {
  Deno.test(`a manifest is refused: ${what}`, () => {
    const error = refusal(manifest);
    assert.match(error.message, message);
    assert.equal(error.path?.join("."), path);
  });
}
