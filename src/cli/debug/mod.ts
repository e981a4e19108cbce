/** `signer debug`: its options. @module */
import { Command } from "commander";
import { examples } from "../help.ts";

export { readDescription } from "./read.ts";

/** The command `signer debug`. */
export function debugCommand(): Command {
  return new Command("debug")
    .addHelpText(
      "before",
      examples(
        "signer debug /run/signer/control.sock",
        "signer debug /run/signer/control.sock | jq '.threads[].queue'",
      ),
    )
    .argument("<address>", "Unix socket of serve --control")
    .action(async (address: string) => {
      const { debug } = await import("./debug.ts");
      await debug(address);
    });
}
