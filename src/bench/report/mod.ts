/** Reports: their figures, their forms, and what is made of several of them. @module */
export * from "./assertion.ts";
export * from "./compare.ts";
export * from "./distribution.ts";
export * from "./growth.ts";
export * from "./load_options.ts";
export * from "./merge.ts";
export * from "./read.ts";
export * from "./render.ts";
export * from "./report.ts";
export * from "./units.ts";
