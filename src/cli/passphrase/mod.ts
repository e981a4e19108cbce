/** Passphrases from a file, from the environment, or from a prompt without echo. @module */
export { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";
export * from "./sources.ts";
