/** Configuration files, their schema, and the documents that are generated from tables of options. @module */
export { exampleFile } from "./example.ts";
export { markdownReference } from "./markdown.ts";
export { readTable } from "./read.ts";
export { tableSchema } from "./schema.ts";
