/**
 * The head of a subcommand's help, for `command.addHelpText("before", examples(…))`: a title and one
 * command line each. People read examples first, so help starts with them.
 */
export function examples(...lines: string[]): string {
  return ["EXAMPLES", ...lines.map((line) => `  ${line}`), ""].join("\n");
}
