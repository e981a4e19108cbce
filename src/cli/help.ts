/**
 * Formats example command lines for the top of a command's help:
 * `command.addHelpText("before", examples(…))`.
 */
export function examples(...lines: string[]): string {
  return ["EXAMPLES", ...lines.map((line) => `  ${line}`), ""].join("\n");
}
