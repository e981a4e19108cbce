/** The table of key families, key types, schemes and signing algorithms. It loads nothing else. @module */
export * from "./table.ts";
export * from "./find.ts";
