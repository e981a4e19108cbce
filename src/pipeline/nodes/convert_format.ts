/** convert_format: another format of samples. @module */
import { defineNode } from "../node.ts";
import { audioOf, convert } from "./_samples.ts";

export const convertFormat = defineNode({
  type: "convert_format",
  description: "Converts samples to a format. Integers are rounded and clipped; NaN becomes 0.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {
    format: { kind: "choice", choices: ["F32", "I16", "I32"], description: "The format" },
  },
  *run(inputs, { format }, context) {
    const audio = audioOf(inputs.in);
    const samples = yield* convert(audio.samples, format, context);
    return { kind: "audio", audio: { ...audio, samples } };
  },
});
