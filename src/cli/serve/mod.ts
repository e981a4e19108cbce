/** `signer serve`: its command line, and its configuration, which `config` reads as well. @module */
import { Command, Option } from "commander";
import { examples } from "../help.ts";
import { writeResult } from "../output.ts";
import { addOptions, flagsOf } from "../options.ts";
import {
  CONFIG_VARIABLE,
  DEFAULT_CONFIG_FILE,
  readServeConfiguration as readConfigurationOf,
  type ServeConfiguration,
} from "./configuration.ts";
import { serveOptions, serveSections } from "./options/mod.ts";
import { readWithLogFormat, startServer } from "./start/mod.ts";

export { readServeFile } from "./configuration.ts";
export { OTHER_DESCRIPTORS } from "./options/mod.ts";

/** The heading of these options in the help. */
const CONFIGURATION = "Configuration:";

/** The command `signer serve`. */
export function serveCommand(): Command {
  const command = new Command("serve")
    .addHelpText(
      "before",
      examples(
        "signer serve",
        "signer serve --tcp 0.0.0.0:50051 --key code-signing=/etc/signer/code.pem",
        "signer serve --vsock 5000 --key-dir /etc/signer/keys",
        "signer serve --tcp 0.0.0.0:50051 --tls-cert server.pem --tls-key server.key",
        "signer serve --tcp 127.0.0.1:0 --unix /run/signer.sock --generate ed25519",
        "signer serve --config /etc/signer/config.yaml --log-level debug",
      ),
    )
    .addHelpText(
      "after",
      "\nEach option has a variable and a key in the configuration file: --log-level is\n" +
        "SIGNER_SERVE_LOG_LEVEL and log.level. See signer config example.",
    );
  return addServeOptions(command)
    .addOption(
      new Option(
        "--check",
        "check the configuration, with the files that it names, and do not listen",
      ).helpGroup(CONFIGURATION),
    )
    .action(async ({ check }: { check?: boolean }) => {
      const read = () => readServeConfiguration(command);
      if (!check) return await startServer(read);
      writeResult(`ok: ${await checkServeConfiguration(await readWithLogFormat(read))}\n`);
    });
}

/** Adds the options of `serve`, and the options that name its configuration file. */
export function addServeOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        "--config <file>",
        `configuration file (env: ${CONFIG_VARIABLE}; default: ${DEFAULT_CONFIG_FILE}, if it is there)`,
      ).helpGroup(CONFIGURATION),
    )
    .addOption(new Option("--no-config", "read no configuration file").helpGroup(CONFIGURATION));
  return addOptions(command, serveOptions, serveSections);
}

/**
 * Reads the configuration that the options of a command, the environment and the file give.
 *
 * @throws {ConfigError | CryptoError} as `readConfiguration()`
 */
export function readServeConfiguration(command: Command): Promise<ServeConfiguration> {
  const { config } = command.opts<{ config?: string | false }>();
  return readConfigurationOf(flagsOf(command, serveOptions), config);
}

/**
 * Checks a configuration and the files that it names.
 *
 * @returns a sentence about the server that it describes
 * @throws {ConfigError} `BAD_CONFIG` with all problems
 */
export async function checkServeConfiguration(configuration: ServeConfiguration): Promise<string> {
  const { checkServer } = await import("./check.ts");
  return await checkServer(configuration);
}
