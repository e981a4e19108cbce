/** The command line: subcommands, what they print, and the exit codes. @module */
export { run } from "./program.ts";
