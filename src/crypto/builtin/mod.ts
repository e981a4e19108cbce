/** The crypto provider over Deno's own node:crypto. @module */
export { openBuiltin } from "./provider.ts";
