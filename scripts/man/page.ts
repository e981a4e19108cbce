/** Manual pages in the macros of man(7), from the declarations of commander. @module */
import type { Argument, Command, Option } from "commander";

/**
 * Returns the pages of a program and of all its commands, by the names of their files.
 *
 * @param release the version, and its date, such as `2026-11-26`
 */
export function manualPages(
  program: Command,
  { version, date }: { readonly version: string; readonly date: string },
): Map<string, string> {
  const pages = new Map<string, string>();
  const visit = (command: Command) => {
    pages.set(`${pathOf(command).join("-")}.1`, page(command, version, date));
    subcommandsOf(command).forEach(visit);
  };
  visit(program);
  return pages;
}

function page(command: Command, version: string, date: string): string {
  const path = pathOf(command);
  const title = path.join("-");
  const sections = [
    `.TH "${title.toUpperCase()}" "1" "${date}" "signer ${version}" "User Commands"`,
    section("NAME", `${escape(title)} \\- ${escape(lowerFirst(command.description()))}`),
    section("SYNOPSIS", synopsis(command, path)),
    ...command.parent === null ? [section("DESCRIPTION", escape(command.description()))] : [],
    ...examplesOf(command),
    ...definitions("COMMANDS", subcommandsOf(command).map(subcommandItem)),
    ...definitions("ARGUMENTS", argumentItems(command)),
    ...definitions("OPTIONS", optionItems(command)),
    ...parentOptions(command),
    ...command.parent === null ? programSections : [],
    section("SEE ALSO", seeAlso(command)),
  ];
  return `${sections.join("\n")}\n`;
}

const programSections: readonly string[] = [
  section(
    "EXIT STATUS",
    [
      ...item("0", "Done."),
      ...item("1", "Failed."),
      ...item("2", "A wrong command line, configuration or file."),
      ...item("3", "A missed threshold of bench."),
      ...item("64 + STATUS", "The gRPC status of a failed call, such as 78 for UNAVAILABLE."),
      ...item("130", "Ctrl-C at a prompt, or during a load."),
    ].join("\n"),
  ),
  section(
    "ENVIRONMENT",
    [
      ...item("SIGNER_ADDRESS", "The servers to call, with commas between them."),
      ...item("SIGNER_CONTEXT", "The name of the context of call, bench and csr."),
      ...item("SIGNER_CONTEXT_FILE", "The file of contexts."),
      ...item("SIGNER_CLIENT_OPTION", "An option of call, bench and csr: SIGNER_CLIENT_DEADLINE."),
      ...item("SIGNER_CONFIG", "The configuration file of serve."),
      ...item("SIGNER_SERVE_OPTION", "An option of serve: SIGNER_SERVE_LOG_LEVEL is --log-level."),
      ...item("SIGNER_LIBCRYPTO", "The path of the libcrypto to load."),
      ...item("SIGNER_AWS_LC", "The path of the AWS-LC to sign with."),
      ...item("SIGNER_CACHE", "The folder to which the portable executable is unpacked."),
      ...item("SIGNER_DEBUG", "Prints the stacks of errors, when it is 1."),
      ...item("NO_COLOR", "Prints without colours."),
    ].join("\n"),
  ),
  section(
    "FILES",
    [
      ...item("/etc/signer/config.yaml", "The configuration of serve, if it is there."),
      ...item("~/.config/signer/config.yaml", "The contexts of call, bench and csr."),
    ].join("\n"),
  ),
];

function section(name: string, text: string): string {
  return `.SH ${name.includes(" ") ? `"${name}"` : name}\n${text}`;
}

function definitions(name: string, items: readonly string[][]): string[] {
  return items.length === 0 ? [] : [section(name, items.flat().join("\n"))];
}

/** An item of a list: a term, and below it a description. */
function item(term: string, description: string): string[] {
  return [".TP", `\\fB${escape(term)}\\fR`, escape(description)];
}

function synopsis(command: Command, path: readonly string[]): string {
  const words = command.usage().split(" ").map((word) => `\\fI${escape(word)}\\fR`);
  return [`\\fB${escape(path.join(" "))}\\fR`, ...words].join(" ");
}

/** The examples at the top of the command's help. */
function examplesOf(command: Command): string[] {
  let text = "";
  command.configureOutput({ writeOut: (part) => text += part });
  command.outputHelp();
  // `EXAMPLES`, lines of commands, and then the help of commander.
  const lines = text.slice(0, text.indexOf("Usage:")).split("\n").slice(1).map((line) =>
    line.trim()
  ).filter((line) => line !== "");
  if (lines.length === 0) return [];
  return [section("EXAMPLES", [".nf", ...lines.map(escape), ".fi"].join("\n"))];
}

function subcommandItem(command: Command): string[] {
  return item(`${pathOf(command).join("-")}(1)`, sentence(command.description()));
}

function isDescribed({ description, argChoices }: Argument): boolean {
  return description !== "" || argChoices !== undefined;
}

function argumentItems(command: Command): string[][] {
  const help = command.createHelp();
  return command.registeredArguments.filter(isDescribed).map((argument) =>
    item(argument.name(), sentence(help.argumentDescription(argument)))
  );
}

function optionItems(command: Command): string[][] {
  const help = command.createHelp();
  return optionsOf(command).map((option) =>
    item(option.flags, sentence(help.optionDescription(option)))
  );
}

function seeAlso(command: Command): string {
  const parents = command.parent === null ? [] : [pathOf(command.parent)];
  const all = [...parents, ...subcommandsOf(command).map(pathOf)];
  if (all.length === 0) return "signer(1)";
  return all.map((path) => `\\fB${escape(path.join("-"))}\\fR(1)`).join(",\n");
}

function subcommandsOf(command: Command): Command[] {
  return command.createHelp().visibleCommands(command).filter((found) => found.name() !== "help");
}

function optionsOf(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}

/** Says where the options are that a subcommand shares with the others of its parent. */
function parentOptions({ parent }: Command): string[] {
  if (parent === null || parent.parent === null) return [];
  if (optionsOf(parent).length <= 1) return parentOptions(parent);
  const text = `The options of \\fB${
    escape(pathOf(parent).join("-"))
  }\\fR(1) may be given as well.`;
  return [section("GLOBAL OPTIONS", text)];
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [command.name()] : [...pathOf(command.parent), command.name()];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Escapes text for groff: its escape character, dashes to type, and a control character at the start of a line. */
function escape(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga").replaceAll("^", "\\(ha").replaceAll("~", "\\(ti");
  return escaped.startsWith(".") ? `\\&${escaped}` : escaped;
}
