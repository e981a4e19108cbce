/** channel_map: selects, repeats and orders channels. @module */
import { formatOf } from "../formats.ts";
import { MAX_CHANNELS } from "../limits.ts";
import { defineNode } from "../node.ts";
import { frameCount } from "../values.ts";
import { allocate, audioOf, requireChannel, slices } from "./_samples.ts";

export const channelMap = defineNode({
  type: "channel_map",
  description:
    "Makes each channel of the output from the channel of the input with the given number.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {
    channels: {
      kind: "indices",
      max: MAX_CHANNELS - 1,
      maxLength: MAX_CHANNELS,
      description: "Numbers of input channels, counted from 0",
    },
  },
  *run(inputs, { channels: map }, context) {
    const audio = audioOf(inputs.in);
    const { samples, channels, sampleRate } = audio;
    for (const channel of map) requireChannel(channel, audio);
    const output = allocate(context, formatOf(samples), frameCount(audio) * map.length);
    yield* slices(frameCount(audio), Math.max(channels, map.length), (from, to) => {
      for (let frame = from, i = from * map.length; frame < to; frame++) {
        for (const channel of map) output[i++] = samples[frame * channels + channel]!;
      }
    });
    return { kind: "audio", audio: { samples: output, sampleRate, channels: map.length } };
  },
});
