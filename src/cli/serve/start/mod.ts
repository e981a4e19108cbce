/** The start of `serve`: from its command line or configuration to a running server. @module */
import { readServeConfiguration, type ServeConfiguration } from "../configuration.ts";
import { serveOptions } from "../options/mod.ts";
import { readPlainArguments } from "./plain_arguments.ts";
import { startThreads } from "../threads.ts";

/**
 * Serves by a plain command line, until the server has stopped.
 *
 * @param args the arguments after `serve`
 * @returns false, and does nothing, for another command line
 * @throws {Error} as `startServer()`
 */
export async function servePlainly(args: readonly string[]): Promise<boolean> {
  const plain = readPlainArguments(serveOptions, args);
  if (plain === undefined) return false;
  await startServer(() => readServeConfiguration(plain.flags, plain.config));
  return true;
}

/**
 * Serves until the server has stopped.
 *
 * @param read reads the configuration, at the start and for each reload
 * @throws {ConfigError | CryptoError} as `readServeConfiguration()`
 * @throws {CliError} as `runServer()`
 */
export async function startServer(read: () => Promise<ServeConfiguration>): Promise<void> {
  const configuration = await readWithLogFormat(read);
  const threads = await startThreads(configuration.values);
  const { runServer } = await import("../run.ts");
  await runServer(configuration, read, threads);
}

/** Reads a configuration. Where it has logs in JSON, diagnostics are written so from now on. */
export async function readWithLogFormat(
  read: () => Promise<ServeConfiguration>,
): Promise<ServeConfiguration> {
  const configuration = await read();
  if (configuration.values.logFormat === "json") {
    const { writeDiagnosticsAsJson } = await import("../../json_diagnostics.ts");
    writeDiagnosticsAsJson();
  }
  return configuration;
}
