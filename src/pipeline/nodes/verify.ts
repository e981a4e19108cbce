/** verify: the check of a signature by a key of the server. @module */
import { defineNode, settled } from "../node.ts";
import { bytesOf, checkKey, keyParameters, taskOf } from "./_keys.ts";

export const verify = defineNode({
  type: "verify",
  description:
    "Checks the signature of bytes by a key of the server. The output has valid, and the key_version that made the signature: 0 for none.",
  inputs: { in: ["bytes"], signature: ["bytes"] },
  output: "json",
  parameters: keyParameters,
  check: checkKey,
  *run({ in: input, signature }, parameters, { signer }) {
    const task = taskOf(parameters, input);
    const version = yield* settled(signer.verify(task, bytesOf(signature)));
    return { kind: "json", json: { valid: version > 0, key_version: version } };
  },
});
