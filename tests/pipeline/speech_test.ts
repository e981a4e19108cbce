/** voice_activity on synthetic speech between silences, frame by frame. @module */
import assert from "node:assert/strict";
import type { Value } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { chain } from "./_pipelines.ts";

const [test, { createRegistry, execute, planOf, readManifest }] = await gate(
  ["env", "read", "run"],
  () => import("../../src/pipeline/mod.ts"),
);
const espeakTest = peerTest(test, "espeak-ng");

const FRAME_MS = 10;
/** The detector goes on after speech for some frames, so that the ends of words are not lost. */
const HANGOVER_MS = 150;

/** The samples of a sentence at the synthesizer's rate. */
async function say(espeak: string, text: string): Promise<{ samples: Int16Array; rate: number }> {
  const { stdout, code } = await new Deno.Command(espeak, { args: ["--stdout", text] }).output();
  assert.equal(code, 0);
  const { outputs } = await run([["wav_decode"]], { kind: "bytes", bytes: stdout });
  const value = outputs.get("n0");
  assert.ok(value?.kind === "audio" && value.audio.samples instanceof Int16Array);
  return { samples: value.audio.samples, rate: value.audio.sampleRate };
}

function run(nodes: Parameters<typeof chain>, input: Value) {
  const plan = planOf(readManifest(chain(...nodes)), createRegistry());
  return execute(plan, new Map([["n0", input]]));
}

for (const mode of [0, 1, 2, 3]) {
  espeakTest(
    `voice_activity finds synthetic speech, and nothing in silence, mode ${mode}`,
    async (espeak) => {
      const first = await say(espeak, "The quick brown fox jumps over the lazy dog");
      const second = await say(espeak, "Pack my box with five dozen liquor jugs");
      const { rate } = first;
      const silence = new Int16Array(rate);
      const parts = [silence, first.samples, silence, second.samples, silence];
      const samples = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
      parts.reduce((at, part) => (samples.set(part, at), at + part.length), 0);

      const { outputs } = await run(
        [["resample", { sample_rate: 16_000 }], ["voice_activity", { mode, frame_ms: FRAME_MS }]],
        { kind: "audio", audio: { samples, sampleRate: rate, channels: 1 } },
      );
      const found = outputs.get("n1");
      assert.ok(found?.kind === "json");
      const { frames, segments } = found.json as unknown as {
        frames: number;
        segments: { start_ms: number; end_ms: number }[];
      };
      const detected = Array<boolean>(frames).fill(false);
      for (const { start_ms, end_ms } of segments) {
        detected.fill(true, start_ms / FRAME_MS, end_ms / FRAME_MS);
      }
      // A frame is voiced at -40 dBFS or more, and silent when there was nothing but zeros for the hangover too.
      const length = rate * FRAME_MS / 1_000;
      const levels = detected.map((_, frame) => {
        const part = samples.subarray(Math.floor(frame * length), Math.floor((frame + 1) * length));
        return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length) / 32_768;
      });
      const hangover = HANGOVER_MS / FRAME_MS;
      const voiced = [...levels.keys()].filter((frame) => levels[frame]! >= 0.01);
      const silent = [...levels.keys()].filter((frame) =>
        levels.slice(Math.max(0, frame - hangover), frame + 2).every((level) => level === 0)
      );
      const hits = voiced.filter((frame) => detected[frame]).length / voiced.length;
      const alarms = silent.filter((frame) => detected[frame]).length;
      assert.ok(voiced.length > 200 && silent.length > 200);
      assert.ok(hits >= 0.9, `${(100 * hits).toFixed(1)} % of ${voiced.length} voiced frames`);
      assert.equal(alarms, 0, `of ${silent.length} silent frames`);
    },
  );
}
