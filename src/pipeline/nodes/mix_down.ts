/** mix_down: the mean of all channels. @module */
import { defineNode } from "../node.ts";
import { frameCount } from "../values.ts";
import { allocate, audioOf, fullScale, slices } from "./_samples.ts";

export const mixDown = defineNode({
  type: "mix_down",
  description:
    "Mixes all channels into one by their mean. The output is F32; audio of one channel is unchanged.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {},
  *run(inputs, _, context) {
    const audio = audioOf(inputs.in);
    const { samples, channels, sampleRate } = audio;
    if (channels === 1) return inputs.in!;
    const divisor = channels * fullScale(samples);
    const output = allocate(context, "F32", frameCount(audio));
    yield* slices(output.length, channels, (from, to) => {
      for (let frame = from, i = from * channels; frame < to; frame++) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel++) sum += samples[i++]!;
        output[frame] = sum / divisor;
      }
    });
    return { kind: "audio", audio: { samples: output, sampleRate, channels: 1 } };
  },
});
