/** Shell completion: the scripts that shells load, and the command that they call back. @module */
import { Argument, Command } from "commander";
import { examples } from "../help.ts";
import { writeResult } from "../output.ts";
import { candidates } from "./candidates.ts";
import { scripts, type Shell, shells } from "./scripts.ts";

/** `signer completion SHELL`: prints the script that makes a shell complete. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Print the script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "before",
      examples(
        "source <(signer completion bash)",
        "source <(signer completion zsh)",
        "signer completion fish | source",
      ),
    )
    .action((shell: Shell) => writeResult(scripts[shell]));
}

/** `signer complete -- WORDS…`: what those scripts call. */
export function completeCommand(program: Command): Command {
  return new Command("complete")
    .description("Print the words that complete a command line")
    .argument("[words...]", "the words after the program's name, as far as the cursor")
    .action((words: string[]) =>
      writeResult(
        candidates(program, words)
          .map(({ value, description }) => `${value}\t${description}\n`)
          .join(""),
      )
    );
}
