/** Measurements of a load: latency histograms, counts by outcome, and windows of time. @module */
export * from "./collector.ts";
export * from "./histogram.ts";
export * from "./outcome.ts";
export * from "./windows.ts";
