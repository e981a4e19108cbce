/** The file with the contexts of a user: named sets of options for the commands that call servers. @module */
import type { GivenValues } from "../config/mod.ts";
import { readContexts } from "../config/files/mod.ts";
import { findError } from "../errors/mod.ts";
import { readAnyFile, reasonOf } from "../files/mod.ts";
import { clientOptions } from "./client/options/mod.ts";
import { contextFile } from "./context_path.ts";
import { CliError, ExitCode, usageError } from "./exit.ts";

/** 1 MiB: thousands of contexts. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The contexts of a user. */
export interface UserContexts {
  readonly file: string;
  readonly text: string;
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, GivenValues>;
  readonly problems: readonly string[];
}

/**
 * Reads the contexts of the user; undefined without a file.
 *
 * @throws {CliError} for a file that cannot be read
 */
export function readUserContexts(): UserContexts | undefined {
  const file = contextFile();
  const text = file && readText(file);
  if (file === undefined || text === undefined) return undefined;
  return { file, text, ...readContexts(clientOptions, text, file) };
}

/**
 * Finds a context by its name, or the current one.
 *
 * @throws {CliError} for a name that no context has
 */
export function findContext(
  name: string | undefined,
): { readonly context: GivenValues; readonly problems: readonly string[] } {
  const user = readUserContexts();
  if (user === undefined && name !== undefined) {
    throw usageError(
      `There is no context ${JSON.stringify(name)}: there is no file ${contextFile() ?? ""}`,
      "Write one with contexts, as docs/configuration.md describes",
    );
  }
  const wanted = name ?? user?.current;
  if (user === undefined || user.problems.length > 0 || wanted === undefined) {
    return { context: new Map(), problems: user?.problems ?? [] };
  }
  const context = user.contexts.get(wanted);
  if (context !== undefined) return { context, problems: [] };
  throw noSuchContext(wanted, user);
}

/** Creates the error of a name that no context of the user has. */
export function noSuchContext(name: string, { file, contexts }: UserContexts): CliError {
  const names = [...contexts.keys()];
  return usageError(
    `There is no context ${JSON.stringify(name)} in ${file}`,
    names.length > 0 ? `Use one of ${names.join(", ")}` : "It has no contexts",
  );
}

function readText(file: string): string | undefined {
  try {
    const bytes = readAnyFile(file, MAX_FILE_BYTES);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (findError(cause, "files", "NOT_FOUND")) return undefined;
    const message = `Cannot read the contexts in ${file}: ${reasonOf(cause)}`;
    throw new CliError(ExitCode.usage, message, { cause });
  }
}
