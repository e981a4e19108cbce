/** Passphrases from a file, or from a prompt without echo. @module */
export { passphraseBeside } from "./file.ts";
export { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";
export { type PassphraseOptions, Passphrases, passphraseToCreate } from "./sources.ts";
