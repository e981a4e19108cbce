/** Configuration files, their schema, and the documents that are generated from tables of options. @module */
export { exampleFile } from "./example.ts";
export { markdownReference } from "./markdown.ts";
export { readContexts, readTable } from "./read.ts";
export { contextsSchema, tableSchema } from "./schema.ts";
