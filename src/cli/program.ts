import { Command, type CommanderError } from "commander";
import config from "../../deno.json" with { type: "json" };
import { type CliError, ExitCode, usageError } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { nearest } from "./nearest.ts";
import { examples } from "./help.ts";
import { writeDiagnostic, writeResult } from "./output.ts";
import { onUncaught } from "./uncaught.ts";

/**
 * Runs one command line to its end and gives the exit code. Nothing is thrown: what went wrong has been
 * said on standard error.
 */
export async function run(args: readonly string[]): Promise<number> {
  const debug = args.includes("--debug");
  // An error outside the command's own promise ends the program in the same words as one inside it.
  using _uncaught = onUncaught((error) => Deno.exit(reportFailure(error, debug)));
  try {
    const [named = ""] = args.filter((arg) => arg !== "--debug");
    if (named === "serve" && wantsJsonLogs(args)) {
      const { writeDiagnosticsAsJson } = await import("./json_diagnostics.ts");
      writeDiagnosticsAsJson();
    }
    if (named === "serve" || named === "keygen") {
      const { guardProcess } = await import("./signals.ts");
      guardProcess(named);
    }
    const program = await createProgram(named);
    checkHelpTopic(program, args);
    await program.parseAsync([...args], { from: "user" });
    return ExitCode.done;
  } catch (error) {
    return reportFailure(error, debug);
  }
}

/** The commands by name, in the order of the help. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve/mod.ts")).serveCommand(),
  call: async () => (await import("./call/mod.ts")).callCommand(),
  bench: async () => (await import("./bench/mod.ts")).benchCommand(),
  keygen: async () => (await import("./keygen/mod.ts")).keygenCommand(),
  doctor: async () => (await import("./doctor/mod.ts")).doctorCommand(),
  completion: async () => (await import("./completion/mod.ts")).completionCommand(),
};

/**
 * The tree of commands, or of one where the command line names it: a server has no use for the memory of
 * the others. Making it costs little: an action imports what it runs on when it is run, so that `--help`
 * loads no gRPC and no libcrypto.
 */
async function createProgram(named: string): Promise<Command> {
  const program = new Command("signer")
    .description("Keeps private keys where they are and hands out signatures over gRPC")
    .version(config.version, "-V, --version", "print the version")
    .helpCommand("help [command]", "print help of a command")
    .option("--debug", "print the stack of an error (also: SIGNER_DEBUG=1)")
    .addHelpText(
      "before",
      examples(
        "signer serve --generate ecdsa-p256",
        "signer call echo hello",
        "signer keygen --type rsa-3072 --out key.pem",
      ),
    );
  if (Object.hasOwn(commands, named)) program.addCommand(await commands[named]());
  else {
    for (const command of Object.values(commands)) program.addCommand(await command());
    const { completeCommand } = await import("./completion/mod.ts");
    program.addCommand(completeCommand(program), { hidden: true });
  }
  adopt(program);
  return program;
}

/**
 * Makes a command and all below it speak as this program does: output through `output.ts`, and a wrong
 * command line thrown as a `CliError`, where commander would print in its own words and exit.
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
  command.helpOption("-h, --help", "print help");
  for (const subcommand of command.commands) adopt(subcommand);
}

/** Whether a command line asks for logs in JSON. Read before the options are, which may be wrong. */
function wantsJsonLogs(args: readonly string[]): boolean {
  return args.includes("--log-format=json") ||
    args.some((arg, at) => arg === "--log-format" && args[at + 1] === "json");
}

/**
 * Checks that `help WORD` names a command, also after a command: for another word, commander prints the help
 * of the command above it and says nothing.
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

/** `commander.help` with a code other than 0 is the help of a command whose subcommand is missing. */
function isHelpOrVersion(error: CommanderError): boolean {
  return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code);
}

/**
 * Commander's messages read `error: unknown option '--typ'\n(Did you mean --type?)` and `error: option
 * '--type <type>' argument 'x' is invalid. Allowed choices are …`: what is wrong is the error, and what
 * would be right the hint.
 */
function usageErrorOf(error: CommanderError, command: Command): CliError {
  const [, said = "", suggestion] =
    /^error: (.*?)\.?(?:\n\((Did you mean .*)\))?$/s.exec(error.message) ?? [];
  const [wrong = "", right] = said.split(/(?<=invalid)\. |\. (?=Expected)/);
  const path: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at.name());
  const hints = [right && `${right}.`, suggestion, `See ${path.join(" ")} --help`];
  return usageError(
    wrong.charAt(0).toUpperCase() + wrong.slice(1),
    hints.filter((hint) => hint !== undefined).join(" "),
  );
}

/** What commander wraps help at; 80 where it goes to no terminal. */
function columnsOf(stream: typeof Deno.stdout | typeof Deno.stderr): number {
  return stream.isTerminal() ? Deno.consoleSize().columns : 80;
}
