import type { Stack } from "../../src/grpc/stacks/mod.ts";
import type { Test } from "../_support/gate.ts";

const stacks: readonly Stack[] = ["native", "grpc-js"];

/** Registers each test once for every stack: what is served does not depend on what serves it. */
export function onEachStack(test: Test) {
  return (name: string, run: (stack: Stack, t: Deno.TestContext) => Promise<void>): void => {
    for (const stack of stacks) test(`${stack}: ${name}`, (t) => run(stack, t));
  };
}
