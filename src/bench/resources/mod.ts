/** What client and server use of the machine while a load is made. @module */
export { parseUsage, usageOf } from "./process.ts";
export * from "./watch.ts";
