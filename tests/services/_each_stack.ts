import type { Stack } from "../../src/grpc/stacks/mod.ts";
import type { Test } from "../_support/gate.ts";

const stacks: readonly Stack[] = ["native", "grpc-js"];

/** Returns a function that registers a test for each stack: services must behave alike on both. */
export function onEachStack(test: Test) {
  return (name: string, run: (stack: Stack, t: Deno.TestContext) => Promise<void>): void => {
    for (const stack of stacks) test(`${stack}: ${name}`, (t) => run(stack, t));
  };
}
