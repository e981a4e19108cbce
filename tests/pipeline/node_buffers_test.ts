/**
 * Every type of node on every kind of buffer: an output, or an error of the caller that says why; never a failure.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Signer, Value } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { audio, chain } from "./_pipelines.ts";

// The libraries in WebAssembly are read from files.
const [test, loaded] = await gate(["read"], () => import("../../src/pipeline/mod.ts"));
const { createRegistry, execute, PipelineError, planOf, readManifest } = loaded;

type Parameters = Record<string, unknown>;

/** Parameters with which each type is tried. A new type belongs here, too. */
const types: Readonly<Record<string, readonly Parameters[]>> = {
  pass_through: [{}],
  gain: [{ gain_db: 60 }],
  mix_down: [{}],
  channel_map: [{ channels: [0] }, { channels: Array(64).fill(0) }],
  convert_format: [{ format: "F32" }, { format: "I16" }, { format: "I32" }],
  resample: [{ sample_rate: 4_000, quality: 0 }, { sample_rate: 16_000 }, { sample_rate: 192_000 }],
  voice_activity: [{ frame_ms: 10 }],
  levels: [{}],
  spectrum: [{ size: 256 }, { size: 8_192 }],
  wav_decode: [{}],
  wav_encode: [{}],
  digest: [{}],
  sign: [{ key: "k" }, { key: "k", input: "digest" }],
  verify: [{ key: "k" }],
};

/** Returns the first bytes of its input for a signature, and verifies by the length. */
const signer: Signer = {
  sign: ({ bytes }) => Promise.resolve(bytes.slice(0, 64)),
  verify: ({ bytes }, signature) => Promise.resolve(signature.length === bytes.length ? 1 : 0),
};

function planWith(type: string, parameters: Parameters) {
  const manifest = chain([type, parameters]);
  const inputs = type === "verify" ? ["n0", "n0.signature"] : ["n0"];
  return planOf(
    readManifest({ ...manifest, inputs, limits: { memory_bytes: 400_000_000 } }),
    createRegistry(),
  );
}

type Plan = ReturnType<typeof planWith>;

/** Executes a node on a buffer. Returns its output, or the message of an error of the caller. */
async function outcome(plan: Plan, input: Value): Promise<Value | string> {
  try {
    const inputs = new Map(plan.inputs.map((name) => [name, input]));
    return (await execute(plan, inputs, { signer })).outputs.get("n0")!;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    assert.ok(error.code === "BAD_INPUT" || error.code === "LIMIT", error.message);
    assert.equal(error.node, "n0", error.message);
    return error.message;
  }
}

function contentOf(value: Value): Uint8Array | string {
  if (value.kind === "json") return JSON.stringify(value.json);
  if (value.kind === "bytes") return value.bytes;
  const { buffer, byteOffset, byteLength } = value.audio.samples;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hashOf(value: Value): string {
  return createHash("sha1").update(contentOf(value)).digest("hex");
}

/** Ensures that an output can be sent: whole frames, and JSON without NaN. */
function check(value: Value, message: string): void {
  if (value.kind === "json") {
    assert.deepEqual(JSON.parse(JSON.stringify(value.json)), value.json, message);
  } else if (value.kind === "audio") {
    const { samples, channels, sampleRate } = value.audio;
    assert.ok(channels >= 1 && channels <= 64 && sampleRate >= 1, message);
    assert.ok(samples.length % channels === 0, message);
  }
}

const arrays = [Float32Array, Int16Array, Int32Array];

/** Audio of no frame, one, few and many, of channels that are odd, and of any value. */
function audios(): Value[] {
  const values: Value[] = [];
  const rates = [1, 7_919, 16_000, 44_100, 768_000];
  for (const array of arrays) {
    for (const channels of [1, 2, 3, 5, 63, 64]) {
      for (const frames of [0, 1, 2, 257, 1_000]) {
        const scale = array === Float32Array ? 1 : 30_000;
        const samples = Float32Array.from({ length: frames * channels }, (_, i) => Math.sin(i));
        const rate = rates[(channels + frames) % rates.length]!;
        values.push(audio(new array(samples.map((x) => x * scale)), channels, rate));
      }
    }
    values.push(audio(new array(500), 1, 16_000));
  }
  const strange = [NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, -0];
  for (const channels of [1, 3]) {
    for (const sample of strange) {
      values.push(audio(new Float32Array(3 * 9_000).fill(sample), channels, 16_000));
    }
    const mixed = Float32Array.from({ length: 3 * 9_000 }, (_, i) => strange[i % 7]!);
    values.push(audio(mixed, channels, 16_000));
  }
  values.push(audio(new Int16Array(9_000).fill(-32_768)));
  values.push(audio(new Int32Array(9_000).fill(-(2 ** 31))));
  return values;
}

const bytes = (length: number): Value => ({ kind: "bytes", bytes: new Uint8Array(length).fill(9) });

/** Values of every kind that a node accepts. */
function inputsOf(kinds: readonly string[]): Value[] {
  const json = [null, 0, "", [], {}, { a: [{}] }, "é\ud800"];
  return [
    ...audios(),
    ...[0, 1, 43, 44, 1_048_576, 1_048_577].map(bytes),
    ...json.map((json): Value => ({ kind: "json", json })),
  ].filter(({ kind }) => kinds.includes(kind));
}

test("all types of nodes are tried here", () => {
  assert.deepEqual(Object.keys(types).sort(), [...createRegistry().keys()].sort());
});

for (const [type, parameters] of Object.entries(types)) {
  test(`${type}: empty, one sample, odd channels, NaN, and extremes of every format`, async () => {
    for (const each of parameters) {
      const plan = planWith(type, each);
      let outputs = 0;
      const inputs = inputsOf(plan.nodes[0]!.type.inputs.in!);
      assert.ok(inputs.length > 5);
      for (const [index, input] of inputs.entries()) {
        const before = hashOf(input);
        const result = await outcome(plan, input);
        const about = `input ${index} of ${JSON.stringify(each)}: ${
          JSON.stringify(
            input.kind === "audio"
              ? { ...input.audio, samples: input.audio.samples.length }
              : input.kind,
          )
        }`;
        assert.equal(hashOf(input), before, `changed: ${about}`);
        if (typeof result === "string") {
          assert.match(result, /^Node n0 \(\w+\): [A-Z0-9].{10,}/, about);
        } else {
          outputs++;
          check(result, about);
        }
      }
      // No bytes of this test are a WAV file.
      assert.ok(type === "wav_decode" || outputs > 0, "all inputs were refused");
    }
  });
}

/** The largest buffer. */
const LARGEST = 50_000_000;
/** Frames of five channels in it. */
const FRAMES = LARGEST / 10;

/** The bytes or frames of each node's output for the largest buffer, or the reason of its refusal. */
const large: [string, Parameters, Value, number | RegExp][] = [
  ["pass_through", {}, five(), FRAMES],
  ["gain", { gain_db: 0 }, five(), /buffer of 100000000 bytes is too large/],
  ["mix_down", {}, five(), FRAMES],
  ["channel_map", { channels: [4, 0] }, five(), FRAMES],
  ["convert_format", { format: "I16" }, five(), FRAMES],
  ["convert_format", { format: "I16" }, audio(new Float32Array(LARGEST / 4), 5), LARGEST / 20],
  ["resample", { sample_rate: 4_000, quality: 0 }, five(), FRAMES / 4],
  ["voice_activity", {}, audio(new Int16Array(LARGEST / 2)), LARGEST / 2 / 480],
  ["levels", {}, five(), FRAMES],
  ["spectrum", {}, five(), FRAMES],
  ["wav_encode", {}, five(), /buffer of 50000044 bytes is too large/],
  ["wav_decode", {}, bytes(LARGEST), /is no WAV file/],
  ["digest", {}, bytes(LARGEST), 32],
  ["sign", { key: "k" }, bytes(LARGEST), /over 1048576, sign its digest/],
  ["verify", { key: "k" }, bytes(1_048_577), /over 1048576, sign its digest/],
];

function five(): Value {
  return audio(new Int16Array(LARGEST / 2), 5);
}

function sizeOf(value: Value): number {
  if (value.kind === "bytes") return value.bytes.length;
  if (value.kind === "audio") return value.audio.samples.length / value.audio.channels;
  const { frames, channels } = value.json as { frames?: number; channels: { windows: number }[] };
  return frames ?? (channels[0]!.windows + 1) * 512;
}

test("every type of node on a buffer of 50 MB", async () => {
  assert.deepEqual([...new Set(large.map(([type]) => type))].sort(), Object.keys(types).sort());
  for (const [type, parameters, input, expected] of large) {
    const result = await outcome(planWith(type, parameters), input);
    if (typeof result === "string") {
      assert.ok(expected instanceof RegExp, `${type}: ${result}`);
      assert.match(result, expected);
    } else if (typeof expected === "number") {
      // A part of a frame or a window at the end is left out.
      assert.ok(Math.abs(sizeOf(result) - expected) < 1_024, `${type}: ${sizeOf(result)}`);
    } else assert.fail(`${type} has an output`);
  }
});

test("a stream without a value, and with an empty one first, ends on every type of node", async () => {
  const { Execution } = loaded;
  for (const [type, [parameters]] of Object.entries(types)) {
    const plan = planWith(type, parameters!);
    if (plan.nodes[0]!.type.needsWhole) continue;
    const [kind] = plan.nodes[0]!.type.inputs.in!;
    const empty = kind === "audio" ? audio(new Float32Array()) : bytes(0);
    for (const chunks of [[], [empty], [empty, empty]]) {
      using execution = new Execution(plan, { signer });
      for (const chunk of chunks) {
        await execution.push(new Map(plan.inputs.map((name) => [name, chunk])), false);
      }
      await execution.push(undefined, true);
    }
  }
});
