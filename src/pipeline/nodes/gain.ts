/** gain: multiplies samples. @module */
import { defineNode } from "../node.ts";
import { allocate, audioOf, fullScale, slices } from "./_samples.ts";

export const gain = defineNode({
  type: "gain",
  description: "Amplifies audio by decibels. The output is F32 and is not clipped.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {
    gain_db: { kind: "number", min: -120, max: 60, description: "Decibels" },
  },
  *run(inputs, { gain_db }, context) {
    const audio = audioOf(inputs.in);
    const { samples } = audio;
    const output = allocate(context, "F32", samples.length);
    const factor = 10 ** (gain_db / 20) / fullScale(samples);
    yield* slices(samples.length, 1, (from, to) => {
      for (let i = from; i < to; i++) output[i] = samples[i]! * factor;
    });
    return { kind: "audio", audio: { ...audio, samples: output } };
  },
});
