/** voice_activity: the parts of audio with speech, by libfvad. @module */
import { PipelineError } from "../errors.ts";
import { defineNode } from "../node.ts";
import { loadFvad, VoiceDetector } from "./_fvad.ts";
import { audioOf, convert } from "./_samples.ts";

const RATES = [8_000, 16_000, 32_000, 48_000];
/** Frames of a slice: about 1 ms. */
const FRAMES = 64;

export const voiceActivity = defineNode({
  type: "voice_activity",
  description:
    "Finds speech in audio of one channel at 8, 16, 32 or 48 kHz by libfvad. The output has the parts with speech in milliseconds. A last frame that is not whole is left out.",
  inputs: { in: ["audio"] },
  output: "json",
  parameters: {
    mode: {
      kind: "number",
      min: 0,
      max: 3,
      integer: true,
      default: 2,
      description: "0 finds the most speech, 3 the least",
    },
    frame_ms: { kind: "choice", choices: [10, 20, 30], default: 30, description: "Milliseconds" },
  },
  load: loadFvad,
  *run(inputs, { mode, frame_ms }, context) {
    const { samples: given, sampleRate, channels } = audioOf(inputs.in);
    if (channels !== 1) {
      throw new PipelineError(
        "BAD_INPUT",
        `The audio has ${channels} channels: one is needed, which mix_down makes`,
      );
    }
    if (!RATES.includes(sampleRate)) {
      throw new PipelineError(
        "BAD_INPUT",
        `The sample rate is ${sampleRate}: resample to one of ${RATES.join(", ")}`,
      );
    }
    const samples = yield* convert(given, "I16", context);
    const length = sampleRate / 1_000 * frame_ms;
    const frames = Math.floor(samples.length / length);
    const segments: { start_ms: number; end_ms: number }[] = [];
    let speech = 0;
    using detector = new VoiceDetector(sampleRate, mode, length);
    for (let frame = 0; frame < frames; frame++) {
      if (detector.hasVoice(samples.subarray(frame * length, (frame + 1) * length))) {
        speech++;
        const start_ms = frame * frame_ms;
        const last = segments.at(-1);
        if (last?.end_ms === start_ms) last.end_ms += frame_ms;
        else segments.push({ start_ms, end_ms: start_ms + frame_ms });
      }
      if (frame % FRAMES === FRAMES - 1) yield;
    }
    return { kind: "json", json: { frame_ms, frames, speech_frames: speech, segments } };
  },
});
