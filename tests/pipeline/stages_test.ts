/** The stages of resampling, and their pieces of work. @module */
import assert from "node:assert/strict";
import { isTabulated, stagesOf } from "../../src/pipeline/nodes/_stages.ts";
import { gate } from "../_support/gate.ts";
import { audio, chain, randomNumbers } from "./_pipelines.ts";

const [test, { createRegistry, execute, planOf, readManifest }] = await gate(
  ["read"],
  () => import("../../src/pipeline/mod.ts"),
);

/** The rates from the first to the last. */
function rates(from: number, to: number, quality = 5): number[] {
  return [from, ...stagesOf(from, to, quality).map((stage) => stage.to)];
}

Deno.test("a ratio with a small denominator has one stage, another one several with small denominators", () => {
  assert.deepEqual(rates(48_000, 16_000), [48_000, 16_000]);
  assert.deepEqual(rates(16_000, 48_000), [16_000, 48_000]);
  for (const [from, to] of [[44_100, 16_000], [44_100, 8_000], [16_000, 44_100]] as const) {
    const stages = stagesOf(from, to, 5);
    assert.ok(stages.length > 1, `${from} to ${to}`);
    for (const stage of stages) assert.ok(isTabulated(stage, 5), JSON.stringify(stages));
  }
});

Deno.test("random rates: stages follow each other, and none loses a part of the sound", () => {
  const random = randomNumbers(6);
  const common = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000];
  const rate = () =>
    random() < 0.5
      ? common[Math.floor(random() * common.length)]!
      : 4_000 + Math.floor(random() * 188_001);
  for (let round = 0; round < 300; round++) {
    const [from, to] = [rate(), rate()];
    if (from === to) continue;
    const all = rates(from, to, Math.floor(random() * 11));
    const message = `round ${round}: ${all}`;
    assert.equal(all.at(-1), to, message);
    assert.ok(all.length <= 4, message);
    assert.ok(all.every((each) => Number.isInteger(each) && each >= Math.min(from, to)), message);
    assert.equal(new Set(all).size, all.length, message);
  }
});

test("resample: 64 channels from 4 to 192 kHz are resampled in many pieces", async () => {
  // One call of speexdsp had 1,024 frames whatever came of them: a second of work that nothing interrupted.
  const plan = planOf(
    readManifest(chain(["resample", { sample_rate: 192_000, quality: 0 }])),
    createRegistry(),
  );
  let [pieces, time] = [0, 0];
  const input = audio(new Float32Array(64 * 1_024), 64, 4_000);
  const { outputs } = await execute(plan, new Map([["n0", input]]), {
    // Each piece is a turn of its own.
    now: () => time += 1,
    inTurn: (piece) => {
      pieces++;
      return Promise.resolve(piece());
    },
  });
  const output = outputs.get("n0");
  assert.ok(output?.kind === "audio" && output.audio.samples.length === 64 * 1_024 * 48);
  assert.ok(pieces >= 1_024, `${pieces} pieces`);
});
