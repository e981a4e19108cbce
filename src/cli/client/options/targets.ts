import { type Command, Option } from "commander";
import { stackChoices } from "../../../grpc/stacks/mod.ts";
import { collect } from "../../collect.ts";
import { parseDuration } from "../../../config/mod.ts";

/** Texts that differ between the commands that call servers. */
export interface TargetTexts {
  /** The description of `--to`. */
  readonly to: string;
  /** The default of `--connect-timeout`, such as `10s`; without one, the channel's own. */
  readonly connectTimeout?: string;
}

/** Adds the options that say which servers are called, and over which kind of channel. */
export function withTargets(command: Command, { to, connectTimeout }: TargetTexts): Command {
  const limit = new Option("--connect-timeout <duration>", "time limit of connecting")
    .argParser(parseDuration);
  if (connectTimeout !== undefined) limit.default(parseDuration(connectTimeout), connectTimeout);
  return command
    .option("--to <address>", to, collect)
    .option("--tcp <host:port>", "the same for a TCP address", collect)
    .option("--vsock <cid:port>", "the same for AF_VSOCK", collect)
    .option("--unix <path>", "the same for a Unix socket", collect)
    .option("-H, --header <name: value>", "metadata to send, ${ENV} expanded; repeatable", collect)
    .addOption(limit)
    .addOption(
      new Option("--lb <policy>", "load balancing over several addresses (default: round_robin)")
        .choices(["round_robin", "pick_first"]),
    )
    .addOption(
      new Option("--stack <name>", "gRPC implementation").choices(stackChoices).default("auto"),
    );
}
