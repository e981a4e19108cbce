/** The program: its commands, as commander knows them. @module */
import {
  type Argument,
  Command,
  type CommanderError,
  InvalidArgumentError,
  type Option,
} from "commander";
import config from "../../deno.json" with { type: "json" };
import { ConfigError } from "../config/mod.ts";
import { type CliError, usageError } from "./exit.ts";
import { nearest } from "../spelling/mod.ts";
import { examples, helpFormat } from "./help.ts";
import { writeDiagnostic, writeResult } from "./output.ts";

/**
 * Runs a command line.
 *
 * @param named the first word that is no option of the program
 * @param run runs another command line
 * @throws {Error} the error that ended the command
 */
export async function runCommand(
  named: string,
  args: readonly string[],
  run: Run,
): Promise<void> {
  await refuseUnknownCommand(named);
  const program = await createProgram(named, args, run);
  if (named !== "complete") checkHelpTopic(program, args);
  await program.parseAsync([...args], { from: "user" });
}

/**
 * Refuses a word that is no command, with the nearest one: also one of `call` without `call`, as in `signer sign`.
 *
 * @throws {CliError}
 */
async function refuseUnknownCommand(named: string): Promise<void> {
  const known = [...Object.keys(commands), "help", "complete"];
  if (named === "" || named.startsWith("-") || known.includes(named)) return;
  const { callCommand } = await import("./call/mod.ts");
  const call = callCommand().commands.map((command) => command.name());
  const near = call.includes(named) ? `signer call ${named}` : nearest(named, known);
  throw usageError(
    `Unknown command '${named}'`,
    `${near === undefined ? "" : `Did you mean ${near}? `}See signer --help`,
  );
}

/** Loads the command tree with all options of all commands. */
export function loadProgram(): Promise<Command> {
  return createProgram("", Object.keys(commands), () => {
    throw new Error("The commands of a program that is only described are not run");
  });
}

/** Runs a command line and returns its exit code. */
type Run = (args: readonly string[]) => Promise<number>;

/** Commands by name, in the order of the help. */
const commands: Readonly<Record<string, CommandEntry>> = {
  serve: {
    description: "Hold private keys and sign with them over gRPC",
    load: async () => (await import("./serve/mod.ts")).serveCommand(),
  },
  call: {
    description: "Call a server: echo, sign, verify, or any of its methods",
    load: async () => (await import("./call/mod.ts")).callCommand(),
  },
  bench: {
    description: "Load-test a gRPC server",
    load: async () => (await import("./bench/mod.ts")).benchCommand(),
  },
  keygen: {
    description: "Make a private key, or export the public half of one",
    load: async () => (await import("./keygen/mod.ts")).keygenCommand(),
  },
  csr: {
    description: "Make a certification request (PKCS#10), signed by a key of the server",
    load: async () => (await import("./csr/mod.ts")).csrCommand(),
  },
  token: {
    description: "Make tokens for the callers of a server",
    load: async () => (await import("./token/mod.ts")).tokenCommand(),
  },
  access: {
    description: "Check the rules of a server",
    load: async () => (await import("./access/mod.ts")).accessCommand(),
  },
  audit: {
    description: "Check the audit log of a server",
    load: async () => (await import("./audit/mod.ts")).auditCommand(),
  },
  config: {
    description: "Check and show configurations",
    load: async () => (await import("./config/mod.ts")).configCommand(),
  },
  doctor: {
    description: "Check the transports, cryptography and limits of this machine",
    load: async () => (await import("./doctor/mod.ts")).doctorCommand(),
  },
  debug: {
    description: "Print the state of a running server: connections, calls, queues, memory",
    load: async () => (await import("./debug/mod.ts")).debugCommand(),
  },
  boot: {
    description: "Serve as the first process of a guest: mount, load modules, power off",
    load: async (run) => (await import("./boot/mod.ts")).bootCommand(run),
  },
  version: {
    description: "Print the version, and with --verbose those of all parts",
    load: async () => (await import("./version/mod.ts")).versionCommand(),
  },
  completion: {
    description: "Print the completion script of a shell",
    load: async () => (await import("./completion/mod.ts")).completionCommand(),
  },
};

/** The commands that call servers, and take a context. */
const callers: ReadonlySet<string> = new Set(["call", "bench", "csr"]);

/** A command in the list of commands. */
interface CommandEntry {
  readonly description: string;
  /** Loads the command with its options. */
  readonly load: (run: Run) => Promise<Command>;
}

/**
 * Creates the command tree. Commands that do not occur among the arguments are only names with descriptions, for
 * the list in the help. Actions import their modules when they run. So a server saves the memory of the other
 * commands, and `--help` loads no gRPC and no cryptography.
 *
 * @param named the first argument
 */
async function createProgram(
  named: string,
  args: readonly string[],
  run: Run,
): Promise<Command> {
  const program = new Command("signer")
    .description("Remote signer: private keys stay in one process, which signs over gRPC")
    .version(config.version, "-V, --version", "print the version")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .option(
      "--context <name>",
      "named servers and credentials of your contexts (env: SIGNER_CONTEXT)",
    )
    .option("--debug", "print stacks of errors (env: SIGNER_DEBUG=1)")
    .addHelpText(
      "before",
      examples(
        "signer serve --generate ecdsa-p256",
        "signer call echo hello",
        "signer keygen --type rsa-3072 --out key.pem",
      ),
    );
  const completes = named === "complete";
  for (const [name, { description, load }] of Object.entries(commands)) {
    const command = completes || args.includes(name) ? await load(run) : new Command(name);
    program.addCommand(command.description(description));
  }
  if (completes) {
    const { completeCommand } = await import("./completion/mod.ts");
    program.addCommand(completeCommand(program), { hidden: true });
  }
  program.hook("preAction", async (_, action) => {
    if (!callers.has(named) && program.opts().context === undefined) return;
    const { applyClientConfiguration } = await import("./client_configuration.ts");
    await applyClientConfiguration(action);
  });
  adopt(program);
  return program;
}

/**
 * Configures a command and its subcommands: output goes through `output.ts`, and a wrong command line throws
 * a `CliError` instead of printing and exiting.
 */
function adopt(command: Command): void {
  command.configureOutput({
    writeOut: writeResult,
    writeErr: writeDiagnostic,
    outputError: () => {},
    getOutHelpWidth: () => columnsOf(Deno.stdout),
    getErrHelpWidth: () => columnsOf(Deno.stderr),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  command.exitOverride((error) => {
    throw isHelpOrVersion(error) ? error : usageErrorOf(error, command);
  });
  command.configureHelp({ ...helpFormat, ...command.configureHelp() });
  shortenHelp(command);
  command.helpOption("-h, --help", "print help");
  const { commands } = command;
  if (command.createHelp().visibleCommands(command).length > commands.length) {
    command.helpCommand("help [command]", "Print the help of a command");
  }
  for (const argument of [...command.options, ...command.registeredArguments]) {
    reportBadValues(argument);
  }
  for (const subcommand of commands) adopt(subcommand);
}

/**
 * Replaces the options of commands above, such as the 25 of `call`, by a reference to their help in that of a
 * subcommand.
 */
function shortenHelp(command: Command): void {
  let top = command;
  while (top.parent?.parent) top = top.parent;
  if (top === command || !top.configureHelp().showGlobalOptions) return;
  command.configureHelp({ ...command.configureHelp(), showGlobalOptions: false });
  const path = `signer ${top.name()}`;
  command.addHelpText(
    "after",
    `\nFurther options: see ${path} --help`,
  );
}

/** Has commander report the `BAD_VALUE` errors of a parser as wrong values of an option or an argument. */
function reportBadValues(argument: Option | Argument): void {
  const { parseArg } = argument;
  if (parseArg === undefined) return;
  argument.parseArg = <T>(value: string, previous: T) => {
    try {
      return parseArg(value, previous);
    } catch (error) {
      if (error instanceof ConfigError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/**
 * Checks that the word after `help` is a command. Commander prints the general help for any other word.
 *
 * @throws {CliError}
 */
function checkHelpTopic(program: Command, args: readonly string[]): void {
  let command = program;
  for (const [at, word] of args.entries()) {
    const names = command.commands.map((subcommand) => subcommand.name());
    if (word === "help") {
      const topic = args.slice(at + 1).find((arg) => !arg.startsWith("-"));
      if (topic === undefined || topic === "help" || names.includes(topic)) return;
      const near = nearest(topic, names);
      const path = command === program ? "signer" : `signer ${command.name()}`;
      throw usageError(
        `There is no help for ${JSON.stringify(topic)}: ${path} has no such command`,
        `${near === undefined ? "" : `Did you mean ${near}? `}See ${path} --help`,
      );
    }
    const next = command.commands.find((subcommand) => subcommand.name() === word);
    if (next !== undefined) command = next;
    else if (!word.startsWith("-")) return;
  }
}

/** `commander.help` with an exit code of 1 is the help for a missing subcommand. */
function isHelpOrVersion(error: CommanderError): boolean {
  return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code);
}

/**
 * Splits a message of commander into error and hint. Messages read `error: unknown option '--typ'\n(Did you
 * mean --type?)`, `error: option '--type <type>' argument 'x' is invalid. Allowed choices are …` and
 * `error: command-argument value 'x' is invalid for argument 'shell'. Allowed choices are …`.
 */
function usageErrorOf(error: CommanderError, command: Command): CliError {
  if (error.code === "commander.excessArguments") return excessArguments(error, command);
  const [, said = "", suggestion] =
    /^error: (.*?)\.?(?:\n\((Did you mean .*)\))?$/s.exec(error.message) ?? [];
  const [wrong = "", right] = said
    .replace(
      /^command-argument value ('.*') is invalid for argument '(.*)'(?=\. )/s,
      "argument '$2' cannot be $1",
    )
    .split(/(?<=invalid|cannot be '.*')\. |\. (?=Expected)/s);
  const path = pathOf(command);
  const place = /^unknown option '--?(address|bind|host|port|server)'$/.test(wrong)
    ? addressOptions[path.split(" ")[1]]
    : undefined;
  const hints = [
    right && `${right}.`,
    place === undefined ? suggestion : `Write host and port with ${place}.`,
    `See ${path} --help`,
  ];
  return usageError(
    wrong.charAt(0).toUpperCase() + wrong.slice(1),
    hints.filter((hint) => hint !== undefined).join(" "),
  );
}

/** The option for an address, by commands, for options by which other programs take hosts and ports. */
const addressOptions: Readonly<Record<string, string>> = {
  serve: "--tcp 127.0.0.1:50051",
  call: "--to 127.0.0.1:50051",
  bench: "--to 127.0.0.1:50051",
};

/** Options that a word without an option is often meant for, by commands without arguments. */
const likelyOptions: Readonly<Record<string, string>> = {
  "serve": "--key",
  "keygen": "--out",
  "public-key": "--key",
};

/**
 * Creates the error of more words than a command has arguments. Commander's message ends in `but got 2: hello, world.`
 */
function excessArguments(error: CommanderError, command: Command): CliError {
  const words = /but got \d+: (.*)\.$/s.exec(error.message)?.[1] ?? "";
  const option = likelyOptions[command.name()];
  const takesText = command.registeredArguments.some((argument) => argument.name() === "text");
  const hints = [
    ...option === undefined ? [] : [`Write it after an option, such as ${option}.`],
    ...takesText ? ["Put a text with spaces in quotes."] : [],
    `See ${pathOf(command)} --help`,
  ];
  return usageError(`Too many arguments for '${command.name()}': ${words}`, hints.join(" "));
}

/** Returns the words that call a command, such as `signer call echo`. */
function pathOf(command: Command): string {
  const path: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at.name());
  return path.join(" ");
}

/** The width to wrap help at; 80 when the stream is no terminal. */
function columnsOf(stream: typeof Deno.stdout | typeof Deno.stderr): number {
  return stream.isTerminal() ? Deno.consoleSize().columns : 80;
}
