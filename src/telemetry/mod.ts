/** What the program tells of itself while it runs. @module */
export * from "./logs.ts";
