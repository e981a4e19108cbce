/** Each type of node, on usual and on unusual buffers. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gate } from "../_support/gate.ts";
import { audio, chain, randomNumbers } from "./_pipelines.ts";
import type { AudioBuffer, Value } from "../../src/pipeline/mod.ts";

// The libraries in WebAssembly are read from files.
const [test, { createRegistry, execute, planOf, readManifest }] = await gate(
  ["read"],
  () => import("../../src/pipeline/mod.ts"),
);

type Nodes = Parameters<typeof chain>;

async function run(input: Value, ...nodes: Nodes): Promise<Value> {
  const plan = planOf(readManifest(chain(...nodes)), createRegistry());
  const { outputs } = await execute(plan, new Map([["n0", input]]));
  return outputs.get(`n${nodes.length - 1}`)!;
}

async function runAudio(input: Value, ...nodes: Nodes): Promise<AudioBuffer> {
  const value = await run(input, ...nodes);
  assert.ok(value.kind === "audio");
  return value.audio;
}

// deno-lint-ignore no-explicit-any -- the shape is what the tests check
async function runJson(input: Value, ...nodes: Nodes): Promise<any> {
  const value = await run(input, ...nodes);
  assert.ok(value.kind === "json");
  return value.json;
}

/** The nodes that take any audio, with the samples and channels of their output for frames of three channels. */
const processors: [Nodes[0], samples: (frames: number) => number][] = [
  [["pass_through"], (frames) => 3 * frames],
  [["gain", { gain_db: 6 }], (frames) => 3 * frames],
  [["mix_down"], (frames) => frames],
  [["channel_map", { channels: [2, 0] }], (frames) => 2 * frames],
  [["convert_format", { format: "I16" }], (frames) => 3 * frames],
  [["resample", { sample_rate: 8_000 }], (frames) => 3 * Math.round(frames / 2)],
  [["resample", { sample_rate: 48_000 }], (frames) => 3 * frames * 3],
];

for (const [node, expected] of processors) {
  const name = `${node[0]} ${Object.values(node[1] ?? {})}`.trimEnd();
  test(`${name}: empty, one frame, three channels, NaN, a large buffer`, async () => {
    for (const frames of [0, 1, 7, 1_024, 200_000]) {
      const result = await runAudio(audio(new Float32Array(3 * frames).fill(0.25), 3), node);
      assert.equal(result.samples.length, expected(frames), `${frames} frames`);
    }
    const odd = new Float32Array([NaN, Infinity, -Infinity]);
    assert.equal((await runAudio(audio(odd, 3), node)).samples.length, expected(1));
    // Inputs belong to the caller.
    assert.deepEqual([...odd], [NaN, Infinity, -Infinity]);
  });
}

test("gain multiplies, of every format", async () => {
  const gain: Nodes[0] = ["gain", { gain_db: 20 * Math.log10(0.5) }];
  for (
    const samples of [
      new Float32Array([0.5, -1]),
      new Int16Array([16_384, -32_768]),
      new Int32Array([2 ** 30, -(2 ** 31)]),
    ]
  ) {
    const result = await runAudio(audio(samples), gain);
    assert.deepEqual([...result.samples], [0.25, -0.5]);
  }
});

test("mix_down takes the mean of each frame", async () => {
  const result = await runAudio(audio(new Float32Array([1, 0, -0.25, 0.5, 0.5, 0.5]), 3), [
    "mix_down",
  ]);
  assert.deepEqual(result, {
    samples: new Float32Array([0.25, 0.5]),
    channels: 1,
    sampleRate: 16_000,
  });
});

test("channel_map orders and repeats channels, and keeps the format", async () => {
  const input = audio(new Int16Array([1, 2, 3, 4]), 2);
  const result = await runAudio(input, ["channel_map", { channels: [1, 0, 1] }]);
  assert.deepEqual(result, {
    samples: new Int16Array([2, 1, 2, 4, 3, 4]),
    channels: 3,
    sampleRate: 16_000,
  });
  await assert.rejects(run(input, ["channel_map", { channels: [2] }]), {
    code: "BAD_INPUT",
    message: /no channel 2/,
  });
});

test("convert_format rounds, clips, and makes 0 of NaN", async () => {
  const input = audio(
    new Float32Array([0, 0.5, 1, -1, 2, -2, NaN, Infinity, -Infinity, 0.4 / 32_768]),
  );
  const result = await runAudio(input, ["convert_format", { format: "I16" }]);
  assert.deepEqual([...result.samples], [
    0,
    16_384,
    32_767,
    -32_768,
    32_767,
    -32_768,
    0,
    32_767,
    -32_768,
    0,
  ]);
});

test("16 bits survive every other format", async () => {
  const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
  for (const format of ["F32", "I32"]) {
    const result = await runAudio(audio(samples), ["convert_format", { format }], [
      "convert_format",
      { format: "I16" },
    ]);
    assert.deepEqual(result.samples, samples);
  }
});

test("levels: a sine of full scale has an RMS of -3.01 dBFS", async () => {
  const sine = Float32Array.from(
    { length: 16_000 },
    (_, i) => Math.sin(2 * Math.PI * 100 * i / 16_000),
  );
  const { frames, channels: [level] } = await runJson(audio(sine), ["levels"]);
  assert.equal(frames, 16_000);
  assert.ok(Math.abs(level.rms_dbfs + 3.0103) < 1e-4);
  assert.ok(Math.abs(level.peak - 1) < 1e-6);
});

test("levels of nothing, silence and NaN", async () => {
  const silence = { rms: 0, rms_dbfs: null, peak: 0, peak_dbfs: null, not_finite: 0 };
  assert.deepEqual(await runJson(audio(new Float32Array()), ["levels"]), {
    frames: 0,
    channels: [silence],
  });
  const { channels } = await runJson(audio(new Float32Array([NaN, 0.5, Infinity, -0.5]), 2), [
    "levels",
  ]);
  assert.deepEqual(channels[0], { ...silence, not_finite: 2 });
  assert.equal(channels[1].rms, 0.5);
});

test("digest equals node:crypto's, of bytes, audio and JSON", async () => {
  const random = randomNumbers(1);
  const bytes = Uint8Array.from({ length: 600_000 }, () => random() * 256);
  const hash = (data: Uint8Array | string) =>
    new Uint8Array(createHash("sha384").update(data).digest());
  const node: Nodes[0] = ["digest", { algorithm: "SHA-384" }];
  assert.deepEqual(await run({ kind: "bytes", bytes }, node), {
    kind: "bytes",
    bytes: hash(bytes),
  });
  const samples = new Int16Array(bytes.buffer);
  assert.deepEqual(await run(audio(samples), node), { kind: "bytes", bytes: hash(bytes) });
  const json = { a: [1, "é", null] };
  assert.deepEqual(await run({ kind: "json", json }, node), {
    kind: "bytes",
    bytes: hash('{"a":[1,"é",null]}'),
  });
  const none = new Uint8Array();
  assert.deepEqual(await run({ kind: "bytes", bytes: none }, node), {
    kind: "bytes",
    bytes: hash(none),
  });
});

test("WAV files are decoded as they were encoded", async () => {
  for (const length of [0, 3, 99_999]) {
    for (const array of [Float32Array, Int16Array, Int32Array]) {
      const random = randomNumbers(length);
      const scale = array === Float32Array ? 1 : 30_000;
      const samples = new array(Array.from({ length }, () => (random() - 0.5) * scale));
      const input = audio(samples, 3, 44_100);
      assert.deepEqual(await run(input, ["wav_encode"], ["wav_decode"]), input);
    }
  }
});

test("WAV files of 8, 24 and 64 bits, extensible, with other chunks, cut off", async () => {
  const wav = (format: number, bits: number, data: number[], extra: number[] = []) => {
    const header = new DataView(new ArrayBuffer(24));
    header.setUint16(8, format, true);
    header.setUint16(10, 1, true);
    header.setUint32(12, 8_000, true);
    header.setUint16(22, bits, true);
    header.setUint32(4, 16 + extra.length, true);
    const text = (value: string) => [...new TextEncoder().encode(value)];
    header.setUint32(0, 0x666d7420);
    const bytes = Uint8Array.from([
      ...text("RIFF"),
      255,
      255,
      255,
      255,
      ...text("WAVELIST"),
      3,
      0,
      0,
      0,
      1,
      2,
      3,
      0,
      ...new Uint8Array(header.buffer),
      ...extra,
      ...text("data"),
      255,
      255,
      0,
      0,
      ...data,
    ]);
    return { kind: "bytes", bytes } as const;
  };
  const decode = async (input: Value) => [...(await runAudio(input, ["wav_decode"])).samples];
  assert.deepEqual(await decode(wav(1, 8, [0, 128, 255])), [-32_768, 0, 32_512]);
  assert.deepEqual(await decode(wav(1, 24, [0, 0, 128, 1, 0, 0, 9])), [-(2 ** 31), 256]);
  assert.deepEqual(await decode(wav(3, 64, [...new Uint8Array(new Float64Array([0.5]).buffer)])), [
    0.5,
  ]);
  const rest = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  const guid = [22, 0, 16, 0, 0, 0, 0, 0, 1, 0, ...rest];
  assert.deepEqual(await decode(wav(0xfffe, 16, [1, 0, 255, 255], guid)), [1, -1]);
  for (
    const [input, message] of [[wav(2, 4, []), /format 2 with 4 bits/], [
      wav(0xfffe, 16, []),
      /sub-format/,
    ]] as const
  ) {
    await assert.rejects(run(input, ["wav_decode"]), { code: "BAD_INPUT", message });
  }
});

test("every beginning of a WAV file is decoded or refused", async () => {
  const file = await run(audio(new Int16Array([1, 2, 3, 4]), 2), ["wav_encode"]);
  assert.ok(file.kind === "bytes");
  const plan = planOf(readManifest(chain(["wav_decode"])), createRegistry());
  for (let length = 0; length <= file.bytes.length; length++) {
    const bytes = file.bytes.subarray(0, length);
    const decoded = execute(plan, new Map([["n0", { kind: "bytes", bytes }]]));
    if (length < 44) await assert.rejects(decoded, { code: "BAD_INPUT", node: "n0" });
    else assert.ok((await decoded).outputs.has("n0"));
  }
});

test("resample: the rate of the input is by reference, and other rates are refused", async () => {
  const input = audio(new Float32Array(10));
  assert.equal(await run(input, ["resample", { sample_rate: 16_000 }]), input);
  await assert.rejects(
    run(audio(new Float32Array(10), 1, 1_000), ["resample", { sample_rate: 8_000 }]),
    {
      code: "BAD_INPUT",
      message: /1000 Hz cannot be resampled/,
    },
  );
});

test("resample: a NaN spoils only the samples near it", async () => {
  const samples = new Float32Array(48_000).fill(0.5);
  samples[24_000] = NaN;
  const result = await runAudio(audio(samples, 1, 48_000), ["resample", { sample_rate: 16_000 }]);
  const spoiled = [...result.samples.keys()].filter((i) => Number.isNaN(result.samples[i]));
  assert.ok(spoiled.length > 0 && spoiled.every((i) => Math.abs(i - 8_000) < 200), `${spoiled}`);
});

test("resample: all channels are independent, and a buffer of one differs in nothing", async () => {
  const random = randomNumbers(2);
  const mono = Float32Array.from({ length: 10_000 }, () => random() - 0.5);
  const three = Float32Array.from(
    { length: 30_000 },
    (_, i) => i % 3 === 1 ? mono[(i - 1) / 3]! : 0,
  );
  const node: Nodes[0] = ["resample", { sample_rate: 44_100 }];
  const alone = await runAudio(audio(mono), node);
  const middle = await runAudio(audio(three, 3), node, ["channel_map", { channels: [1] }]);
  assert.deepEqual(middle.samples, alone.samples);
});

test("voice_activity finds a voice between silences", async () => {
  const samples = new Int16Array(48_000);
  const random = randomNumbers(3);
  // Pulses at 120 Hz through two resonances sound like a vowel.
  const resonance = (frequency: number) => {
    let [a, b] = [0, 0];
    const r = Math.exp(-Math.PI * 90 / 16_000);
    return (x: number) => {
      const y = x + 2 * r * Math.cos(2 * Math.PI * frequency / 16_000) * a - r * r * b;
      [b, a] = [a, y];
      return y;
    };
  };
  const [first, second] = [resonance(700), resonance(1_200)];
  for (let i = 16_000; i < 32_000; i++) {
    const pulse = i % 133 === 0 ? 1 : 0;
    samples[i] = 3_000 * second(first(pulse + 0.01 * random())) / 20;
  }
  const { frames, segments } = await runJson(audio(samples), ["voice_activity", { frame_ms: 20 }]);
  assert.equal(frames, 150);
  assert.ok(segments.length > 0);
  const inside = segments.reduce((sum: number, { start_ms, end_ms }: Record<string, number>) => {
    return sum + Math.max(0, Math.min(end_ms!, 2_000) - Math.max(start_ms!, 1_000));
  }, 0);
  assert.ok(inside > 700, JSON.stringify(segments));
  assert.ok(
    segments[0].start_ms >= 980 && segments.at(-1).end_ms <= 2_300,
    JSON.stringify(segments),
  );
});

test("voice_activity of nothing, and of audio that it cannot read", async () => {
  assert.deepEqual(await runJson(audio(new Int16Array(479)), ["voice_activity"]), {
    frame_ms: 30,
    frames: 0,
    speech_frames: 0,
    segments: [],
  });
  await assert.rejects(
    run(audio(new Int16Array(2), 2), ["voice_activity"]),
    /2 channels: one is needed/,
  );
  await assert.rejects(
    run(audio(new Int16Array(2), 1, 44_100), ["voice_activity"]),
    /44100: resample to one of 8000/,
  );
  const nan = audio(new Float32Array(16_000).fill(NaN));
  assert.equal((await runJson(nan, ["voice_activity"])).speech_frames, 0);
});

test("spectrum: a sine has its power in its bin, and white noise is flat", async () => {
  // Bin 64 of 1,024.
  const sine = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(2 * Math.PI * i / 16));
  const { bin_hz, channels: [{ power, windows }] } = await runJson(audio(sine), ["spectrum"]);
  assert.equal(bin_hz, 15.625);
  assert.equal(windows, 30);
  assert.equal(power.length, 513);
  assert.ok(Math.abs(power[64] - 1) < 1e-6, `${power[64]}`);
  assert.ok(power.every((value: number, bin: number) => Math.abs(bin - 64) < 2 || value < 1e-10));

  const random = randomNumbers(5);
  const noise = Float32Array.from({ length: 200_000 }, () => random() - 0.5);
  const { channels: [flat] } = await runJson(audio(noise), ["spectrum", { size: 256 }]);
  const inner = flat.power.slice(1, -1);
  const mean = inner.reduce((sum: number, value: number) => sum + value) / inner.length;
  assert.ok(inner.every((value: number) => value > mean * 0.7 && value < mean * 1.4));
});

test("spectrum of nothing, of less than a window, of channels, and of NaN", async () => {
  for (const frames of [0, 1, 1_023]) {
    const { channels } = await runJson(audio(new Float32Array(3 * frames), 3), ["spectrum"]);
    assert.deepEqual(channels.map(({ windows }: { windows: number }) => windows), [0, 0, 0]);
    assert.ok(channels[0].power.every((value: number) => value === 0));
  }
  const samples = new Float32Array(2 * 2_048).fill(0.5);
  samples[1] = NaN;
  const { channels: [left, right] } = await runJson(audio(samples, 2), ["spectrum"]);
  assert.deepEqual([left.windows, left.not_finite], [3, 0]);
  assert.deepEqual([right.windows, right.not_finite], [2, 1]);
  assert.ok(Math.abs(left.power[0] - 1) < 1e-6);
});
