/** Where passphrases come from: a file, the environment, or a prompt that does not echo. @module */
export { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";
export * from "./sources.ts";
