/** `signer boot`: its options. @module */
import { Command } from "commander";
import { examples } from "../help.ts";
import type { BootOptions, Run } from "./run.ts";

/**
 * The command `signer boot`.
 *
 * @param run runs a command line of the program
 */
export function bootCommand(run: Run): Command {
  return new Command("boot")
    .addHelpText(
      "before",
      examples(
        "signer boot -- --vsock 5000 --generate ecdsa-p256",
        "signer boot --restart -- --vsock 5000 --key-dir /keys",
      ),
    )
    .argument(
      "[options...]",
      "options of signer serve; without any, those in /etc/signer/boot, a word each line",
    )
    .option("--restart", "at the end, restart the machine: the end of a guest of Firecracker")
    .action(async (serveOptions: string[], options: BootOptions) => {
      const { boot } = await import("./run.ts");
      await boot(serveOptions, options, run);
    });
}
