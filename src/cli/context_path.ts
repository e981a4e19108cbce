/** The place of the file with the contexts of a user. @module */
import { join } from "node:path";

/** The environment variable with the path of the file. */
const CONTEXT_FILE_VARIABLE = "SIGNER_CONTEXT_FILE";

/**
 * Returns the path of the file: of the variable, or else `signer/config.yaml` in the configuration folder of the user
 * (XDG Base Directory Specification). Undefined for a user without a home.
 */
export function contextFile(): string | undefined {
  const named = Deno.env.get(CONTEXT_FILE_VARIABLE);
  if (named) return named;
  const home = Deno.env.get("HOME");
  const folder = Deno.env.get("XDG_CONFIG_HOME") || (home && join(home, ".config"));
  return folder ? join(folder, "signer", "config.yaml") : undefined;
}
