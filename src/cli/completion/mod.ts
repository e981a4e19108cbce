/** Shell completion: the scripts that shells load, and the command that the scripts call. @module */
import { Argument, Command } from "commander";
import { examples } from "../help.ts";
import { writeResult } from "../output.ts";
import { candidates } from "./candidates.ts";
import { scripts, type Shell, shells } from "./scripts.ts";

/** The command `signer completion SHELL`, which prints the completion script of a shell. */
export function completionCommand(): Command {
  return new Command("completion")
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

/** The hidden command `signer complete -- WORDS…`, which the scripts call. */
export function completeCommand(program: Command): Command {
  return new Command("complete")
    .description("Print the words that complete a command line")
    .argument("[words...]", "words after the name of the program, up to the cursor")
    .action((words: string[]) =>
      writeResult(
        candidates(program, words)
          .map(({ value, description }) => `${value}\t${description}\n`)
          .join(""),
      )
    );
}
