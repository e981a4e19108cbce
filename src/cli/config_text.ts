/** The text of configuration files. @module */
import { CryptoError } from "../crypto/mod.ts";
import { readProtectedFile } from "./protected_file.ts";

/** 1 MiB: many times as long as a file with all options. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads a configuration file, which nobody but its owner may change.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can change
 */
export async function readConfigText(path: string): Promise<string> {
  const name = `Configuration file ${path}`;
  const bytes = await readProtectedFile(path, name, {
    privacy: "unchanged",
    maxBytes: MAX_FILE_BYTES,
    allowInsecure: false,
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CryptoError("KEY_FILE", `${name} is not UTF-8`, { cause });
  }
}
