/** `signer version`: its options. @module */
import { Command } from "commander";
import { examples } from "../help.ts";
import type { VersionOptions } from "./run.ts";

/** The command `signer version`. */
export function versionCommand(): Command {
  return new Command("version")
    .addHelpText("before", examples("signer version --verbose", "signer version --json"))
    .option("--verbose", "print also the commit, the runtime, the libraries and the licences")
    .option("--json", "print all of it as JSON")
    .action(async (options: VersionOptions) => {
      const { printVersion } = await import("./run.ts");
      printVersion(options);
    });
}
