/** Resampling beside sox, by the ratio of signal to difference. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { audio, chain, randomNumbers } from "./_pipelines.ts";

const [test, { createRegistry, execute, planOf, readManifest }] = await gate(
  ["env", "read", "run", "write"],
  () => import("../../src/pipeline/mod.ts"),
);
const soxTest = peerTest(test, "sox");

const RATE = 44_100;
const SECONDS = 2;

/** A sine whose frequency rises in proportion to time. */
function sweep(to: number): Float32Array {
  return Float32Array.from({ length: SECONDS * RATE }, (_, i) => {
    const t = i / RATE;
    return 0.5 * Math.sin(Math.PI * to / SECONDS * t * t);
  });
}

/** Many sines of random frequency and phase: noise without a part that a filter's edge would remove. */
function noise(to: number): Float32Array {
  const random = randomNumbers(44);
  const sines = Array.from({ length: 60 }, () => [random() * to, random() * 7] as const);
  return Float32Array.from(
    { length: SECONDS * RATE },
    (_, i) =>
      sines.reduce(
        (sum, [hz, phase]) => sum + 0.01 * Math.sin(2 * Math.PI * hz * i / RATE + phase),
        0,
      ),
  );
}

async function execution(manifest: ReturnType<typeof chain>, input: Parameters<typeof audio>) {
  const plan = planOf(readManifest(manifest), createRegistry());
  return await execute(plan, new Map([["n0", audio(...input)]]));
}

test("the filters of an execution have a limit of memory, which ordinary ones are far from", async () => {
  const resamplers = (count: number, quality: number) =>
    chain(...Array.from({ length: count }, (_, i): Parameters<typeof chain>[0] => {
      return ["resample", { sample_rate: [4_000, 192_000][i % 2], quality }];
    }));
  await execution(resamplers(20, 5), [new Float32Array(1_920), 2, 192_000]);
  await assert.rejects(execution(resamplers(20, 10), [new Float32Array(64 * 192), 64, 192_000]), {
    code: "LIMIT",
    message: /^Node n\d \(resample\): The state of the nodes needs more memory than the limit of /,
  });
});

async function resampleBySox(
  sox: string,
  samples: Float32Array,
  rate: number,
): Promise<Float32Array> {
  const { outputs } = await execution(chain(["wav_encode"]), [samples, 1, RATE]);
  const file = outputs.get("n0")!;
  assert.ok(file.kind === "bytes");
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/in.wav`, file.bytes);
    const raw = `${folder}/out.raw`;
    const { code, stderr } = await run(
      sox,
      ...`${folder}/in.wav -e float -b 32 -t raw ${raw} rate -v ${rate}`.split(" "),
    );
    assert.equal(code, 0, stderr);
    return new Float32Array((await Deno.readFile(raw)).buffer);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The ratio of a signal to its difference from another in decibels, without the edges, where filters see silence. */
function ratio(signal: Float32Array, other: Float32Array): number {
  let [power, difference] = [0, 0];
  for (let i = 1_000; i < signal.length - 1_000; i++) {
    power += signal[i]! ** 2;
    difference += (signal[i]! - other[i]!) ** 2;
  }
  return 10 * Math.log10(power / difference);
}

for (
  const [name, samples, rate] of [
    ["a sweep to 6 kHz, from 44.1 to 16 kHz", sweep(6_000), 16_000],
    ["noise to 6 kHz, from 44.1 to 16 kHz", noise(6_000), 16_000],
    ["a sweep to 16 kHz, from 44.1 to 48 kHz", sweep(16_000), 48_000],
  ] as const
) {
  for (const [quality, decibels] of [[5, 60], [10, 80]] as const) {
    soxTest(`resample agrees with sox: ${name}, quality ${quality}`, async (sox) => {
      const node = chain(["resample", { sample_rate: rate, quality }]);
      const { outputs } = await execution(node, [samples, 1, RATE]);
      const ours = outputs.get("n0")!;
      assert.ok(ours.kind === "audio" && ours.audio.samples instanceof Float32Array);
      const theirs = await resampleBySox(sox, samples, rate);
      assert.equal(ours.audio.samples.length, theirs.length);
      const measured = ratio(theirs, ours.audio.samples);
      assert.ok(measured >= decibels, `${measured.toFixed(1)} dB, expected ${decibels}`);
    });
  }
}

soxTest("resample removes what is over half of the new rate, as sox does", async (sox) => {
  const tone = Float32Array.from(
    { length: RATE },
    (_, i) => Math.sin(2 * Math.PI * 12_000 * i / RATE),
  );
  const { outputs } = await execution(chain(["resample", { sample_rate: 16_000 }]), [
    tone,
    1,
    RATE,
  ]);
  const ours = outputs.get("n0")!;
  assert.ok(ours.kind === "audio");
  const theirs = await resampleBySox(sox, tone, 16_000);
  const peak = (samples: ArrayLike<number>) =>
    Math.max(...Array.from(samples).slice(1_000, -1_000).map(Math.abs));
  assert.ok(peak(theirs) < 1e-4 && peak(ours.audio.samples) < 1e-3, `${peak(ours.audio.samples)}`);
});
