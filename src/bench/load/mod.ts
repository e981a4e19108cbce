/** The load threads: each runs a pacer, a client and a collector. @module */
export * from "./driver.ts";
export * from "./plan.ts";
export { scheduleOf } from "./phases.ts";
export { randomBytes, randomNumbers } from "./random.ts";
export * from "./result.ts";
export * from "./load_threads.ts";
export * from "./runner.ts";
export * from "./slices.ts";
