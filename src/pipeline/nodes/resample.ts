/** resample: another sample rate, by speexdsp. @module */
import { PipelineError } from "../errors.ts";
import { defineNode } from "../node.ts";
import { frameCount } from "../values.ts";
import { allocate, audioOf, convert } from "./_samples.ts";
import { loadSpeex, Resampler } from "./_speex.ts";

/** Rates of the input and the output: their ratio bounds the length of the filter. */
const MIN_RATE = 4_000;
const MAX_RATE = 192_000;

export const resample = defineNode({
  type: "resample",
  description:
    "Resamples audio by speexdsp. The output is F32 and keeps its time; audio that has the rate is unchanged.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {
    sample_rate: {
      kind: "number",
      min: MIN_RATE,
      max: MAX_RATE,
      integer: true,
      description: "Hertz",
    },
    quality: {
      kind: "number",
      min: 0,
      max: 10,
      integer: true,
      default: 5,
      description: "0 is the fastest, 10 the best",
    },
  },
  load: loadSpeex,
  *run(inputs, { sample_rate, quality }, context) {
    const audio = audioOf(inputs.in);
    const { channels, sampleRate } = audio;
    if (sampleRate === sample_rate) return inputs.in!;
    if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
      throw new PipelineError(
        "BAD_INPUT",
        `Audio of ${sampleRate} Hz cannot be resampled: its rate must be from ${MIN_RATE} to ${MAX_RATE}`,
      );
    }
    const samples = yield* convert(audio.samples, "F32", context);
    const frames = Math.round(frameCount(audio) * sample_rate / sampleRate);
    const output = allocate(context, "F32", frames * channels);
    using resampler = new Resampler(channels, sampleRate, sample_rate, quality);
    for (let from = 0, at = 0; at < frames;) {
      const { read, written } = resampler.process(samples, from, output, at);
      if (read === 0 && written === 0) throw new Error("speexdsp makes no progress");
      from += read;
      at += written;
      yield;
    }
    return { kind: "audio", audio: { samples: output, sampleRate: sample_rate, channels } };
  },
});
