/** sign: a signature by a key of the server. @module */
import { defineNode, settled } from "../node.ts";
import { checkKey, keyParameters, taskOf } from "./_keys.ts";

export const sign = defineNode({
  type: "sign",
  description:
    "Signs bytes with a key of the server that the caller may use. The output is the signature.",
  inputs: { in: ["bytes"] },
  output: "bytes",
  parameters: keyParameters,
  check: checkKey,
  *run(inputs, parameters, { signer }) {
    const bytes = yield* settled(signer.sign(taskOf(parameters, inputs.in)));
    return { kind: "bytes", bytes };
  },
});
