/** CPU time, memory and descriptors of client and server during a load. @module */
export { joinFigures } from "./join.ts";
export { parseResident, usageOf } from "./process.ts";
export * from "./watch.ts";
