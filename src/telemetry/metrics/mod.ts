/** Metrics: counters in shared memory, and their text for Prometheus. @module */
export * from "./catalog.ts";
export * from "./counters.ts";
export * from "./exposition.ts";
