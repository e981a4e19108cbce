/** Key files: formats, reading, refusals, writing. @module */
export { modeOf, type PrivateFile, readPrivateFile } from "./private_file.ts";
export { type PassphraseSource, readPrivateKey, type ReadPrivateKeyOptions } from "./read.ts";
export {
  MAX_KEY_FILE_BYTES,
  readPrivateKeyFile,
  type ReadPrivateKeyFileOptions,
} from "./read_file.ts";
export { encodePrivateKey } from "./write.ts";
export {
  checkKeyFilePath,
  type WriteKeyFileOptions,
  writePrivateKeyFile,
  writePublicKeyFile,
} from "./write_file.ts";
