/** levels: RMS and peak of each channel. @module */
import { defineNode } from "../node.ts";
import { frameCount } from "../values.ts";
import { audioOf, fullScale, slices } from "./_samples.ts";

export const levels = defineNode({
  type: "levels",
  description:
    "Measures RMS and peak of each channel: of full scale, and in dBFS, which is null for silence. NaN and infinite samples are counted and left out.",
  inputs: { in: ["audio"] },
  output: "json",
  parameters: {},
  *run(inputs) {
    const audio = audioOf(inputs.in);
    const { samples, channels } = audio;
    const scale = 1 / fullScale(samples);
    const sums = new Float64Array(channels);
    const peaks = new Float64Array(channels);
    const finite = new Float64Array(channels);
    yield* slices(frameCount(audio), channels, (from, to) => {
      for (let frame = from, i = from * channels; frame < to; frame++) {
        for (let channel = 0; channel < channels; channel++) {
          const sample = samples[i++]! * scale;
          if (!Number.isFinite(sample)) continue;
          finite[channel]!++;
          sums[channel]! += sample * sample;
          peaks[channel] = Math.max(peaks[channel]!, Math.abs(sample));
        }
      }
    });
    const json = Array.from(sums, (sum, channel) => {
      const rms = Math.sqrt(sum / Math.max(1, finite[channel]!));
      const peak = peaks[channel]!;
      return {
        rms,
        rms_dbfs: decibels(rms),
        peak,
        peak_dbfs: decibels(peak),
        not_finite: frameCount(audio) - finite[channel]!,
      };
    });
    return { kind: "json", json: { frames: frameCount(audio), channels: json } };
  },
});

function decibels(level: number): number | null {
  return level === 0 ? null : 20 * Math.log10(level);
}
