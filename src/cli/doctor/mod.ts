/** `signer doctor`: options. @module */
import { Argument, Command } from "commander";
import { withTls, withToken } from "../client/options/mod.ts";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { type CheckName, checkNames } from "./check_names.ts";
import type { DoctorOptions } from "./run.ts";

/** The command `signer doctor`. */
export function doctorCommand(): Command {
  const doctor = new Command("doctor")
    .addHelpText(
      "before",
      examples(
        "signer doctor",
        "signer doctor vsock cryptography",
        "signer doctor --to vsock:3:5000 --json",
        "signer doctor --to 10.0.0.5:50051 --tls-ca ca.pem --token-file token",
        "signer doctor --config /etc/signer/config.yaml",
        "signer doctor --control /run/signer/control.sock",
      ),
    )
    .addArgument(
      new Argument("[check...]", "check only these, and exit with 1 unless all pass")
        .choices(checkNames),
    )
    .option("--to <address>", "also check that a signer answers at an address; repeatable", collect)
    .option("--config <file>", "also check the configuration file of a server, and what it needs")
    .option("--control <address>", "also check the server of a control socket (serve --control)")
    .option("--json", "print the checks as JSON");
  return withToken(withTls(doctor))
    .action(async (checks: CheckName[], options: DoctorOptions) => {
      const { runDoctor } = await import("./run.ts");
      await runDoctor(checks, options);
    });
}
