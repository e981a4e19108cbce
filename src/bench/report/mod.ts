/** Reports: figures, formats, merging and comparison. @module */
export * from "./assertion.ts";
export * from "./compare.ts";
export * from "./distribution.ts";
export * from "./growth.ts";
export * from "./load_options.ts";
export * from "./merge.ts";
export * from "./read.ts";
export * from "./render.ts";
export * from "./report.ts";
export * from "./sign_flips.ts";
export * from "./units.ts";
