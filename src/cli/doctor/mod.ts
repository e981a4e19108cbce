/** `signer doctor`: options. @module */
import { Command, InvalidArgumentError } from "commander";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { type CheckName, checkNames } from "./check_names.ts";
import type { DoctorOptions } from "./run.ts";

/** The command `signer doctor`. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .addHelpText(
      "before",
      examples(
        "signer doctor",
        "signer doctor vsock cryptography",
        "signer doctor --to vsock:3:5000 --json",
        "signer doctor --config /etc/signer/config.yaml",
        "signer doctor --control /run/signer/control.sock",
      ),
    )
    .argument(
      "[check...]",
      `check only these, and exit with 1 unless all pass: ${checkNames.join(", ")}`,
      checkName,
    )
    .option("--to <address>", "also check that a signer answers at an address; repeatable", collect)
    .option("--config <file>", "also check the configuration file of a server, and what it needs")
    .option("--control <address>", "also check the server of a control socket (serve --control)")
    .option("--json", "print the checks as JSON")
    .action(async (checks: CheckName[], options: DoctorOptions) => {
      const { runDoctor } = await import("./run.ts");
      await runDoctor(checks, options);
    });
}

function checkName(value: string, previous: readonly CheckName[] = []): CheckName[] {
  const name = checkNames.find((name) => name === value);
  if (name === undefined) throw new InvalidArgumentError(`Use one of ${checkNames.join(", ")}.`);
  return [...previous, name];
}
