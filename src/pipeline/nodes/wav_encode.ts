/** wav_encode: a WAV file of audio. @module */
import { formatOf } from "../formats.ts";
import { defineNode } from "../node.ts";
import { audioOf, slices } from "./_samples.ts";

const HEADER = 44;
const PCM = 1;
const IEEE_FLOAT = 3;

export const wavEncode = defineNode({
  type: "wav_encode",
  description: "Encodes audio as a WAV file, with samples in the format of the audio.",
  inputs: { in: ["audio"] },
  output: "bytes",
  parameters: {},
  needsWhole: true,
  *run(inputs, _, context) {
    const { samples, channels, sampleRate } = audioOf(inputs.in);
    context.reserve(HEADER + samples.byteLength);
    const bytes = new Uint8Array(HEADER + samples.byteLength);
    const view = new DataView(bytes.buffer);
    const width = samples.BYTES_PER_ELEMENT;
    const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
    text(0, "RIFF");
    view.setUint32(4, bytes.length - 8, true);
    text(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, formatOf(samples) === "F32" ? IEEE_FLOAT : PCM, true);
    view.setUint16(22, channels, true);
    view.setUint32(24, sampleRate, true);
    view.setUint32(28, sampleRate * channels * width, true);
    view.setUint16(32, channels * width, true);
    view.setUint16(34, width * 8, true);
    text(36, "data");
    view.setUint32(40, samples.byteLength, true);
    const source = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    yield* slices(source.length, 1, (from, to) => {
      bytes.set(source.subarray(from, to), HEADER + from);
    });
    return { kind: "bytes", bytes };
  },
});
