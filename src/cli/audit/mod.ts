/** `signer audit`: its verbs and their options. @module */
import { Command } from "commander";
import { examples } from "../help.ts";
import type { VerifyOptions } from "./verify.ts";

/** The command `signer audit`. */
export function auditCommand(): Command {
  const command = new Command("audit").addHelpText(
    "before",
    examples("signer audit verify audit.log --public-key audit.pub"),
  );
  command.command("verify")
    .description("Find lines of an audit log that were changed, moved, added or left out")
    .argument("<file...>", "files of the log, the oldest first")
    .addHelpText(
      "before",
      examples(
        "signer audit verify audit.log --public-key audit.pub",
        "signer audit verify audit.log.1 audit.log --public-key audit.pub --open",
      ),
    )
    .option("--public-key <file>", "public key of the server's audit key")
    .option("--open", "accept a log whose server still runs, or was killed")
    .option("--json", "print the verdict as JSON")
    .action(async (files: string[], options: VerifyOptions) => {
      const { runVerify } = await import("./verify.ts");
      runVerify(files, options);
    });
  return command;
}
