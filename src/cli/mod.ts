/** The command line: subcommands, output and exit codes. @module */
export { run } from "./program.ts";
