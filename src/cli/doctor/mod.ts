import { Command } from "commander";
import { examples } from "../help.ts";

/** `signer doctor`: what this machine can do, and how to get what it lacks. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Say which transports, cryptography and limits this machine has")
    .addHelpText("before", examples("signer doctor"))
    .action(async () => {
      const { runDoctor } = await import("./run.ts");
      runDoctor();
    });
}
