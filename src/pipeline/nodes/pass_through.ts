/** pass_through: returns its input. @module */
import { defineNode } from "../node.ts";

export const passThrough = defineNode({
  type: "pass_through",
  description: "Returns its input unchanged.",
  inputs: { in: ["audio", "bytes", "json"] },
  output: "in",
  parameters: {},
  // deno-lint-ignore require-yield -- the work has one slice
  *run(inputs) {
    return inputs.in!;
  },
});
