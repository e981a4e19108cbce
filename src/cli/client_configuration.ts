/**
 * The configuration of the commands that call servers: flags, environment variables, and a context of the user's file.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { ConfigError, merge, readEnvironment } from "../config/mod.ts";
import { clientOptions } from "./client/options/mod.ts";
import { contextFile } from "./context_path.ts";
import { usageError } from "./exit.ts";
import { declaredOptions, flagsOf } from "./options.ts";

/** The prefix of the environment variables of clients: `--deadline` is `SIGNER_CLIENT_DEADLINE`. */
const CLIENT_PREFIX = "SIGNER_CLIENT_";

/** The environment variable with the name of a context. */
const CONTEXT_VARIABLE = "SIGNER_CONTEXT";

/** The environment variable with addresses, which is older than `SIGNER_CLIENT_TO`. */
const ADDRESS_VARIABLE = "SIGNER_ADDRESS";

const addresses = ["to", "tcp", "vsock", "unix"];

/**
 * Sets the options of a command that have no flag, from variables and a context. A context applies when it is named,
 * or when it is the current one and nothing else names a server: so its credentials are sent to no other. `bench`
 * applies none but a named one, as it loads its servers.
 *
 * @throws {ConfigError} `BAD_CONFIG` with all problems
 * @throws {CliError} for a context that is not there
 */
export async function applyClientConfiguration(command: Command): Promise<void> {
  const declared = declaredOptions(command, clientOptions);
  const { context: flag } = command.optsWithGlobals<{ context?: string }>();
  if (!declared.has("to") || !declared.has("tcp")) {
    if (flag === undefined) return;
    throw usageError("--context is for the commands that call servers: call, bench and csr");
  }
  const flags = flagsOf(command, clientOptions);
  const environment = readEnvironment(clientOptions, CLIENT_PREFIX, Deno.env.toObject());
  const name = flag ?? (Deno.env.get(CONTEXT_VARIABLE) || undefined);
  const isAddressed = Boolean(Deno.env.get(ADDRESS_VARIABLE)) ||
    addresses.some((name) => flags.has(name) || environment.given.has(name));
  const isBench = namesOf(command).includes("bench");
  const { context, problems } = name !== undefined || !isAddressed && !isBench
    ? await contextOf(name)
    : { context: new Map(), problems: [] };
  const all = [...problems, ...environment.problems];
  if (all.length > 0) throw new ConfigError("BAD_CONFIG", all);
  for (
    const [name, { value, source }] of merge(clientOptions, [flags, environment.given, context])
  ) {
    const place = declared.get(name);
    if (source.from === "flag" || place === undefined) continue;
    place.command.setOptionValueWithSource(place.attribute, value, "config");
  }
}

function namesOf(command: Command): string[] {
  const names = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.push(at.name());
  return names;
}

/** Finds a context with modules that a command without a file does not load. */
async function contextOf(name: string | undefined) {
  const file = contextFile();
  if (name === undefined && (file === undefined || !existsSync(file))) {
    return { context: new Map(), problems: [] };
  }
  const { findContext } = await import("./context_file.ts");
  return findContext(name);
}
