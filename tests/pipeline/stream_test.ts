/** Streams: nodes keep their state between chunks, so that the outputs are those of the whole input. @module */
import assert from "node:assert/strict";
import type { Value } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { audio, chain, randomNumbers } from "./_pipelines.ts";

const [test, loaded] = await gate(["env", "read"], () => import("../../src/pipeline/mod.ts"));
const { createRegistry, execute, Execution, planOf, readManifest, requireStream } = loaded;

type Nodes = Parameters<typeof chain>;
type Audio = ReturnType<typeof audio>;

const inTurn = <T>(part: () => T) => Promise.resolve(part());

function plan(...nodes: Nodes) {
  return planOf(readManifest(chain(...nodes)), createRegistry());
}

async function whole(input: Value, ...nodes: Nodes): Promise<Value | undefined> {
  const { outputs } = await execute(plan(...nodes), new Map([["n0", input]]), { inTurn });
  return outputs.get(`n${nodes.length - 1}`);
}

/** The outputs of a stream of chunks, and of its end. */
async function streamed(chunks: readonly Value[], ...nodes: Nodes): Promise<Value[]> {
  using execution = new Execution(plan(...nodes), { inTurn });
  const values: Value[] = [];
  for (const chunk of [...chunks, undefined]) {
    const outputs = await execution.push(chunk && new Map([["n0", chunk]]), chunk === undefined);
    values.push(...outputs.values());
  }
  return values;
}

/** Cuts audio at random frames, empty chunks included. */
function cut({ audio: { samples, channels, sampleRate } }: Audio, random: () => number): Audio[] {
  const frames = samples.length / channels;
  const at = Array.from({ length: 1 + random() * 12 }, () => Math.floor(random() * (frames + 1)));
  const ends = [0, ...at.sort((a, b) => a - b), frames];
  return ends.slice(1).map((end, index) => {
    return audio(samples.slice(ends[index]! * channels, end * channels), channels, sampleRate);
  });
}

function joined(values: readonly Value[]): number[] {
  return values.flatMap((value) => value.kind === "audio" ? [...value.audio.samples] : []);
}

/** Joins the segments of chunks that touch. */
function segments(values: readonly Value[]): number[][] {
  const all: number[][] = [];
  for (const value of values) {
    assert.ok(value.kind === "json");
    const { segments } = value.json as unknown as {
      segments: { start_ms: number; end_ms: number }[];
    };
    for (const { start_ms, end_ms } of segments) {
      const last = all.at(-1);
      if (last?.[1] === start_ms) last[1] = end_ms;
      else all.push([start_ms, end_ms]);
    }
  }
  return all;
}

/** Noise and silence by turns, which a detector of voice takes for both. */
function sound(frames: number, channels: number, rate: number, random: () => number): Audio {
  const samples = Float32Array.from({ length: frames * channels }, (_, i) => {
    return Math.floor(i / (rate * channels) * 4) % 2 === 0 ? 0 : (random() - 0.5) * 0.8;
  });
  return audio(samples, channels, rate);
}

const rates = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000];

test("random chains: the audio of chunks is that of the whole, to the bit", async () => {
  const random = randomNumbers(2);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const kinds: (() => Nodes[0])[] = [
    () => ["resample", { sample_rate: pick(rates), quality: Math.floor(random() * 11) }],
    () => ["gain", { gain_db: random() * 20 - 10 }],
    () => ["convert_format", { format: pick(["F32", "I16", "I32"]) }],
    () => ["channel_map", { channels: [0, 0] }],
    () => ["mix_down"],
    () => ["pass_through"],
  ];
  for (let round = 0; round < 40; round++) {
    const nodes = Array.from({ length: 1 + random() * 4 }, () => pick(kinds)());
    const input = sound(Math.floor(random() * 6_000), 1 + round % 3, pick(rates), random);
    const expected = await whole(input, ...nodes);
    const values = await streamed(cut(input, random), ...nodes);
    const message = `round ${round}: ${JSON.stringify(nodes)}`;
    assert.deepEqual(joined(values), joined([expected!]), message);
    const digest = await streamed(cut(input, random), ...nodes, ["digest"]);
    assert.deepEqual(digest, [await whole(input, ...nodes, ["digest"])], message);
  }
});

test("voice_activity finds the same speech in chunks", async () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 10; round++) {
    const input = sound(20_000 + Math.floor(random() * 20_000), 1, 16_000, random);
    const node: Nodes[0] = ["voice_activity", { frame_ms: 10 * (1 + round % 3), mode: round % 4 }];
    const expected = segments([(await whole(input, node))!]);
    assert.deepEqual(segments(await streamed(cut(input, random), node)), expected);
  }
});

test("spectrum: the mean of the windows of all chunks is that of the whole", async () => {
  const random = randomNumbers(4);
  // deno-lint-ignore no-explicit-any -- the shape is what the test checks
  const channelOf = (value: Value | undefined): any => {
    assert.ok(value?.kind === "json");
    return (value.json as unknown as { channels: unknown[] }).channels[1];
  };
  for (let round = 0; round < 5; round++) {
    const input = sound(10_000, 2, 16_000, random);
    const node: Nodes[0] = ["spectrum", { size: 512 }];
    const expected = channelOf(await whole(input, node));
    const parts = (await streamed(cut(input, random), node)).map(channelOf);
    assert.equal(parts.reduce((sum, { windows }) => sum + windows, 0), expected.windows);
    for (const bin of [0, 7, 256]) {
      const sum = parts.reduce((sum, { windows, power }) => sum + windows * power[bin], 0);
      const ratio = sum / expected.windows / expected.power[bin];
      assert.ok(Math.abs(ratio - 1) < 1e-9, `bin ${bin}: ${ratio}`);
    }
  }
});

test("a stream without a chunk has the digest of nothing, and no audio", async () => {
  const [digest] = await streamed([], ["digest"]);
  assert.deepEqual(digest, await whole({ kind: "bytes", bytes: new Uint8Array() }, ["digest"]));
  assert.deepEqual(await streamed([], ["resample", { sample_rate: 8_000 }], ["levels"]), []);
});

test("the chunks of a stream have one rate and the same channels", async () => {
  const chunks = [audio(new Float32Array(160)), audio(new Float32Array(160), 1, 8_000)];
  for (const node of [["resample", { sample_rate: 8_000 }], ["voice_activity"]] as Nodes) {
    await assert.rejects(streamed(chunks, node), {
      code: "BAD_INPUT",
      message: /stream of 1 channels at 16000 Hz has a chunk of 1 at 8000 Hz/,
    });
  }
});

test("nodes that need a whole file cannot be in a stream", () => {
  assert.throws(() => requireStream(plan(["wav_decode"], ["levels"])), {
    code: "BAD_MANIFEST",
    node: "n0",
    message: /Node n0 \(wav_decode\) needs its whole input/,
  });
});

test("the limit of memory holds for each chunk, and metrics add up", async () => {
  const nodes: Nodes = [["gain", { gain_db: 1 }]];
  using execution = new Execution(plan(...nodes), { inTurn });
  // 40 MB in all, of which each chunk needs 12.
  for (let chunk = 0; chunk < 10; chunk++) {
    await execution.push(new Map([["n0", audio(new Float32Array(1_000_000))]]), false);
  }
  await execution.push(undefined, true);
  const { audioBytes, allocatedBytes, memoryEstimateBytes } = execution.metrics;
  assert.equal(audioBytes, 40_000_000);
  assert.equal(allocatedBytes, 40_000_000);
  assert.equal(memoryEstimateBytes, 12_000_000);
});
