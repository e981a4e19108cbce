/** WAV files whose headers lie: each is decoded by what it has, or refused with the reason. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { chain, randomNumbers } from "./_pipelines.ts";

const [test, loaded] = await gate(["read"], () => import("../../src/pipeline/mod.ts"));
const { createRegistry, execute, PipelineError, planOf, readManifest } = loaded;

/** Fields of a `fmt ` chunk, and the sizes that the file claims. */
interface Claims {
  readonly riffSize?: number;
  readonly fmtSize?: number;
  readonly format?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly byteRate?: number;
  readonly align?: number;
  readonly bits?: number;
  /** Bytes of the chunk after its first 16. */
  readonly extension?: readonly number[];
  readonly dataSize?: number;
  readonly data?: readonly number[];
}

const text = (value: string) => [...new TextEncoder().encode(value)];
const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const chunk = (name: string, data: readonly number[], size = data.length) => {
  return [...text(name), ...u32(size), ...data];
};

function format(
  { format = 1, channels = 1, rate = 8_000, byteRate = 16_000, align = 2, ...rest }: Claims,
): number[] {
  const { bits = 16, extension = [], fmtSize } = rest;
  const fields = [...u16(format), ...u16(channels), ...u32(rate), ...u32(byteRate)];
  return chunk("fmt ", [...fields, ...u16(align), ...u16(bits), ...extension], fmtSize);
}

function riff(chunks: readonly number[], size = 4 + chunks.length): Uint8Array {
  return Uint8Array.from([...text("RIFF"), ...u32(size), ...text("WAVE"), ...chunks]);
}

function wav(claims: Claims = {}): Uint8Array {
  const { data = [1, 0, 2, 0, 3, 0, 4, 0], dataSize, riffSize } = claims;
  return riff([...format(claims), ...chunk("data", data, dataSize)], riffSize);
}

/** The samples, channels and rate of a file, or the reason of its refusal. */
async function decode(bytes: Uint8Array): Promise<number[] | string> {
  const plan = planOf(readManifest(chain(["wav_decode"])), createRegistry());
  try {
    const { outputs } = await execute(plan, new Map([["n0", { kind: "bytes", bytes }]]));
    const value = outputs.get("n0")!;
    assert.ok(value.kind === "audio");
    return [...value.audio.samples];
  } catch (error) {
    assert.ok(error instanceof PipelineError && error.code === "BAD_INPUT", `${error}`);
    assert.match(error.message, /^Node n0 \(wav_decode\): [A-Z0-9]/);
    return error.message.replace("Node n0 (wav_decode): ", "");
  }
}

const guid = (first: number) => [...u16(first), 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
const extensible = (first: number) => [22, 0, 16, 0, 0, 0, 0, 0, ...guid(first)];

const files: [what: string, file: Uint8Array, expected: number[] | RegExp][] = [
  ["true to its header", wav(), [1, 2, 3, 4]],
  ["RIFF of no size", wav({ riffSize: 0 }), [1, 2, 3, 4]],
  ["RIFF of 4 GB", wav({ riffSize: 0xffff_ffff }), [1, 2, 3, 4]],
  ["data of 4 GB", wav({ dataSize: 0xffff_ffff }), [1, 2, 3, 4]],
  ["data of no size, before the samples", wav({ dataSize: 0 }), []],
  ["data that ends within a sample", wav({ dataSize: 7 }), [1, 2, 3]],
  ["data that ends within a frame", wav({ channels: 3 }), [1, 2, 3]],
  ["byte rate and alignment of nothing", wav({ byteRate: 0, align: 0 }), [1, 2, 3, 4]],
  ["fmt of 4 GB", wav({ fmtSize: 0xffff_ffff }), /has no data chunk/],
  ["fmt of 15 bytes", wav({ fmtSize: 15 }), /has 15 bytes: it must have 16 or more/],
  ["fmt with an extension of no size", wav({ extension: [0, 0] }), [1, 2, 3, 4]],
  ["no channels", wav({ channels: 0 }), /0 channels: it must have 1 to 64/],
  ["65 channels", wav({ channels: 65 }), /65 channels/],
  ["65,535 channels", wav({ channels: 65_535 }), /65535 channels/],
  ["no sample rate", wav({ rate: 0 }), /sample rate is 0/],
  ["a sample rate of 4 GHz", wav({ rate: 0xffff_ffff }), /sample rate is 4294967295/],
  ["0 bits", wav({ bits: 0 }), /format 1 with 0 bits/],
  ["12 bits", wav({ bits: 12 }), /format 1 with 12 bits/],
  ["65,535 bits", wav({ bits: 65_535 }), /format 1 with 65535 bits/],
  ["floating point of 16 bits", wav({ format: 3 }), /format 3 with 16 bits/],
  ["format 0", wav({ format: 0 }), /format 0 with 16 bits/],
  ["MP3", wav({ format: 0x55 }), /format 85 with 16 bits/],
  ["PCM, extensible", wav({ format: 0xfffe, extension: extensible(1) }), [1, 2, 3, 4]],
  [
    "extensible in extensible",
    wav({ format: 0xfffe, extension: extensible(0xfffe) }),
    /65534 with/,
  ],
  ["extensible without a sub-format", wav({ format: 0xfffe }), /lacks its sub-format/],
  [
    "an unknown sub-format that begins as PCM does",
    wav({ format: 0xfffe, extension: [...extensible(1).slice(0, -1), 0] }),
    /unknown sub-format/,
  ],
  ["no chunk", riff([]), /has no data chunk/],
  [
    "data before fmt",
    riff([...chunk("data", [1, 0]), ...format({})]),
    /no fmt chunk before its data/,
  ],
  ["a chunk of odd size, with its padding", file(chunk("LIST", [7]), [0]), [5]],
  [
    "a chunk of 4 GB before data",
    file([...text("LIST"), ...u32(0xffff_ffff)]),
    /has no data chunk/,
  ],
  ["999 chunks", file(...Array(998).fill(chunk("LIST", []))), [5]],
  // Each empty chunk has 8 bytes: those of 50 MB were read in one piece, 0.2 s in which no other pipeline ran.
  ["1,000 chunks before its data", file(...Array(999).fill(chunk("LIST", []))), /1000 chunks/],
  ["a name of other bytes", file(chunk("\u00e9xy", [1, 2])), [5]],
  ["two data chunks", riff([...format({}), ...chunk("data", [5, 0]), ...chunk("data", [6, 0])]), [
    5,
  ]],
  ["RIFX, which is big-endian", Uint8Array.from(wav(), (byte, i) => i === 3 ? 88 : byte), /no WAV/],
];

/** A file with bytes between its format and the sample 5. */
function file(...between: number[][]): Uint8Array {
  return riff([...format({}), ...between.flat(), ...chunk("data", [5, 0])]);
}

for (const [what, bytes, expected] of files) {
  test(`a WAV file with ${what}`, async () => {
    const result = await decode(bytes);
    if (expected instanceof RegExp) assert.match(String(result), expected);
    else assert.deepEqual(result, expected);
  });
}

test("a WAV file with any byte changed, and with bytes that are random, is decoded or refused", async () => {
  const whole = wav({ format: 0xfffe, extension: extensible(3) });
  const random = randomNumbers(9);
  let decoded = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0, 1, 2, 127, 128, 254, 255]) {
      const changed = whole.slice();
      changed[at] = byte;
      if (typeof await decode(changed) !== "string") decoded++;
    }
  }
  for (let round = 0; round < 500; round++) {
    const changed = whole.slice(0, Math.ceil(random() * whole.length));
    for (let i = 0; i < 1 + round % 5; i++) {
      changed[Math.floor(random() * changed.length)] = random() * 256;
    }
    if (typeof await decode(changed) !== "string") decoded++;
  }
  assert.ok(decoded > 0);
});

// A pipeline on a WAV file was counted as one without audio.
test("the samples of WAV files count as audio, and those that nodes pass on do not", async () => {
  const plan = planOf(readManifest(chain(["wav_decode"], ["levels"])), createRegistry());
  const { metrics } = await execute(plan, new Map([["n0", { kind: "bytes", bytes: wav() }]]));
  assert.equal(metrics.audioBytes, 8);
  const gain = planOf(readManifest(chain(["gain", { gain_db: 1 }])), createRegistry());
  const audio = { samples: new Int16Array(4), channels: 1, sampleRate: 8_000 };
  const { metrics: passed } = await execute(gain, new Map([["n0", { kind: "audio", audio }]]));
  assert.equal(passed.audioBytes, 8);
});
