/** CPU time, memory and descriptors of client and server during a load. @module */
export { parseUsage, usageOf } from "./process.ts";
export * from "./watch.ts";
