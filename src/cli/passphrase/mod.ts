/** Passphrases from a file, or from a prompt without echo. @module */
export { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";
export * from "./sources.ts";
