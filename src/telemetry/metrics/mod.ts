/** Metrics: their names, and counters in shared memory. @module */
export * from "./catalog.ts";
export * from "./counters.ts";
