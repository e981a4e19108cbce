/** The contexts of a user: their list, and the choice of the current one. @module */
import { ConfigError, formatValue, type GivenValues } from "../../config/mod.ts";
import { readContexts } from "../../config/files/mod.ts";
import { clientOptions } from "../client/options/mod.ts";
import {
  findContext,
  noSuchContext,
  readUserContexts,
  type UserContexts,
} from "../context_file.ts";
import { contextFile } from "../context_path.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { note } from "../output.ts";
import { showValues } from "./show.ts";

/** Lists the contexts with their addresses, a line each. */
export function listContexts(): string {
  const { contexts, current } = userContexts();
  const width = Math.max(0, ...[...contexts.keys()].map((name) => name.length));
  return [...contexts].map(([name, given]) =>
    `${name === current ? "*" : " "} ${name.padEnd(width)}  ${addressesOf(given)}\n`
  ).join("");
}

/** Returns the name of the current context. */
export function currentContext(): string {
  const { current, file } = userContexts();
  if (current !== undefined) return `${current}\n`;
  throw usageError(`There is no current context in ${file}`, "Set one: signer config use-context");
}

/** Returns the values of a context, or of the current one, with their places. */
export function showContext(name: string | undefined): string {
  if (name === undefined) currentContext();
  const { context, problems } = findContext(name);
  if (problems.length > 0) throw new ConfigError("BAD_CONFIG", problems);
  return showValues(clientOptions, context, { json: false });
}

/** Makes a context the current one, and leaves the rest of the file as it is. */
export function selectContext(name: string): void {
  const user = userContexts();
  if (!user.contexts.has(name)) throw noSuchContext(name, user);
  const line = `current-context: ${JSON.stringify(name)}`;
  const pattern = /^(["']?)current-context\1[ \t]*:.*$/m;
  const text = pattern.test(user.text)
    ? user.text.replace(pattern, () => line)
    : `${line}\n${user.text}`;
  // The text may be in a style that the pattern does not know.
  if (readContexts(clientOptions, text, user.file).current !== name) {
    throw usageError(`${user.file} cannot be edited`, `Write ${line} there yourself`);
  }
  try {
    Deno.writeTextFileSync(user.file, text);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CliError(ExitCode.failed, `Cannot write ${user.file}: ${reason}`, { cause });
  }
  note(`the current context is ${name}`);
}

function userContexts(): UserContexts {
  const user = readUserContexts();
  if (user === undefined) {
    throw usageError(
      `There are no contexts: there is no file ${contextFile() ?? "of a user without a home"}`,
      "Write one, as docs/configuration.md describes",
    );
  }
  if (user.problems.length > 0) throw new ConfigError("BAD_CONFIG", user.problems);
  return user;
}

function addressesOf(given: GivenValues): string {
  const { to, tcp, vsock, unix } = clientOptions;
  return Object.entries({ to, tcp, vsock, unix }).flatMap(([name, option]) => {
    const value = given.get(name)?.value;
    return value === undefined ? [] : formatValue(option, value);
  }).join(" ");
}
