/** The configuration of `serve`. @module */
import type { GivenValues } from "../../config/mod.ts";
import { type Configuration, readConfiguration } from "../configuration.ts";
import { mayExist } from "../file_status.ts";
import { serveOptions } from "./options/mod.ts";

/** The prefix of the environment variables of `serve`: `--max-streams` is `SIGNER_SERVE_MAX_STREAMS`. */
const SERVE_PREFIX = "SIGNER_SERVE_";

/** The environment variable with the path of the configuration file. */
export const CONFIG_VARIABLE = "SIGNER_CONFIG";

/** The configuration file that is read where no other is named, if it is there. */
export const DEFAULT_CONFIG_FILE = "/etc/signer/config.yaml";

/** The configuration of a server. */
export type ServeConfiguration = Configuration<typeof serveOptions>;

/**
 * Reads the configuration of a server: flags, the environment and a file.
 *
 * @param file the value of `--config`; false for no file
 * @throws {ConfigError | CryptoError} as `readConfiguration()`
 */
export function readServeConfiguration(
  flags: GivenValues,
  file: string | false | undefined,
): Promise<ServeConfiguration> {
  return readConfiguration(serveOptions, { flags, prefix: SERVE_PREFIX, file: fileOf(file) });
}

/**
 * Reads a file of a server alone, without flags and environment.
 *
 * @throws {ConfigError | CryptoError} as `readConfiguration()`
 */
export function readServeFile(file: string): Promise<ServeConfiguration> {
  return readConfiguration(serveOptions, { flags: new Map(), prefix: undefined, file });
}

function fileOf(file: string | false | undefined): string | undefined {
  if (file === false) return undefined;
  const named = file ?? (Deno.env.get(CONFIG_VARIABLE) || undefined);
  return named ?? (mayExist(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
}
