/** The load generator: pacer, load, collector, resources and reports. @module */
export * from "./collector/mod.ts";
export * from "./load/mod.ts";
export * from "./pacer/mod.ts";
export * from "./resources/mod.ts";
export * from "./ramp.ts";
export * from "./report/mod.ts";
