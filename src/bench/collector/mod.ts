/** What is measured: histograms, counts by outcome, and the course of a load. @module */
export * from "./collector.ts";
export * from "./histogram.ts";
export * from "./outcome.ts";
export * from "./windows.ts";
