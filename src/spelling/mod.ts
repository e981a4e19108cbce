/** Suggestions for words with typing errors. @module */
export { nearest } from "./nearest.ts";
