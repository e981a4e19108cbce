/** The configuration of a command: flags, environment variables and a file, in this order. @module */
import {
  ConfigError,
  type GivenValues,
  merge,
  type OptionTable,
  readEnvironment,
  type ValuesOf,
  withDefaults,
} from "../config/mod.ts";

/** The values of a table's options in effect. */
export interface Configuration<T extends OptionTable> {
  readonly values: ValuesOf<T>;
  /** The values that are no defaults, with their sources. */
  readonly given: GivenValues;
  /** The file that was read. */
  readonly file: string | undefined;
}

/** The sources of a configuration. */
export interface Sources {
  readonly flags: GivenValues;
  /** The prefix of the environment variables; undefined to read none. */
  readonly prefix: string | undefined;
  readonly file: string | undefined;
}

/**
 * Reads the configuration of a server.
 *
 * @throws {ConfigError} `BAD_CONFIG` with all problems of file and environment
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can change
 */
export async function readConfiguration<T extends OptionTable>(
  table: T,
  { flags, prefix, file }: Sources,
): Promise<Configuration<T>> {
  const variables = prefix === undefined ? {} : Deno.env.toObject();
  const environment = readEnvironment(table, prefix ?? "", variables);
  const content = file === undefined ? undefined : await readFile(table, file);
  const problems = [...content?.problems ?? [], ...environment.problems];
  if (problems.length > 0) throw new ConfigError("BAD_CONFIG", problems);
  const given = merge(table, [flags, environment.given, content?.given ?? new Map()]);
  return { values: withDefaults(table, given), given, file };
}

/** Reads a file with modules that a server without one does not load. */
async function readFile(table: OptionTable, file: string) {
  const [{ readConfigText }, { readTable }] = await Promise.all([
    import("./config_text.ts"),
    import("../config/files/mod.ts"),
  ]);
  return readTable(table, await readConfigText(file), file);
}
