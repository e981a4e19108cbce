import { type Command, InvalidArgumentError, Option } from "commander";
import { withTargets, withTls, withToken } from "../client/options/mod.ts";
import { parseDuration, parseSize } from "../../config/mod.ts";

/** The most repeats of one call. To wait longer for a server, there is `--wait-ready`. */
const maxRetries = 20;

/** Adds the options of every verb of `call`: the servers, the channel, and the form of the output. */
export function withConnection(command: Command): Command {
  return withToken(withTls(withTargets(command, {
    to: "server to call; may be repeated (env: SIGNER_ADDRESS)",
  })))
    .option(
      "--deadline <duration>",
      "time limit of each call (unary: 10s, streams: none)",
      parseDuration,
    )
    .option(
      "--max-message-size <size>",
      "limit of a response, such as 16MiB (default: 4MiB)",
      parseSize,
    )
    .option("--wait-ready", "wait for the server until the deadline")
    .option(
      "--retries <n>",
      "retry idempotent calls that fail with UNAVAILABLE (default: 0)",
      retries,
    )
    .addOption(
      new Option("--output <form>", "form of the result (default: text)")
        .choices(["text", "json", "raw"]),
    )
    .option("-v, --verbose", "show metadata and timing on standard error");
}

function retries(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > maxRetries) {
    throw new InvalidArgumentError(`Write a number from 0 to ${maxRetries}.`);
  }
  return Number(text);
}
