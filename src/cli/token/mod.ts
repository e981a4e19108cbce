/** `signer token`: makes tokens for the callers of a server. @module */
import { Command } from "commander";
import { examples } from "../help.ts";
import type { NewTokenOptions } from "./new_token.ts";

/** The command `signer token`. */
export function tokenCommand(): Command {
  const token = new Command("token").addHelpText("before", examples("signer token new deploy"));
  token.command("new <name>")
    .description("Make a token, and print it once with its line for the file of serve --tokens")
    .addHelpText(
      "before",
      examples(
        "signer token new deploy",
        "signer token new deploy --expires 90d --out deploy.token >> tokens",
      ),
    )
    .option("--expires <when>", "a date such as 2027-01-01, or a time from now such as 90d")
    .option("--not-before <when>", "the same for the time from which on it is accepted")
    .option("--out <file>", "write the token to a file of mode 0600, and print the line alone")
    .action(async (name: string, options: NewTokenOptions) => {
      const { newToken } = await import("./new_token.ts");
      await newToken(name, options);
    });
  return token;
}
