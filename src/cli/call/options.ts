import { type Command, InvalidArgumentError, Option } from "commander";
import { withTargets, withTls } from "../client/options/mod.ts";
import { parseDuration } from "../duration.ts";

/** The most repeats of one call. To wait longer for a server, there is `--wait-ready`. */
const maxRetries = 20;

/** Adds the options of every verb of `call`: the servers, the channel, and the form of the output. */
export function withConnection(command: Command): Command {
  return withTls(withTargets(command, {
    to: "server to call; may be repeated (env: SIGNER_ADDRESS)",
  }))
    .option(
      "--deadline <duration>",
      "time limit of each call (unary: 10s, streams: none)",
      parseDuration,
    )
    .option("--max-message-size <size>", "limit of a response, such as 16MiB (default: 4MiB)", size)
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

/** The largest message that a length prefix of gRPC can announce. */
const maxSize = 2 ** 32 - 1;

/** Reads octets: `65536`, `64KiB`, `16MiB` or `1GiB`. */
function size(text: string): number {
  const [, number, unit = ""] = /^(\d{1,10})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** ["", "KiB", "MiB", "GiB"].indexOf(unit);
  if (bytes >= 1 && bytes <= maxSize) return bytes;
  throw new InvalidArgumentError("Write bytes, such as 65536, 64KiB or 16MiB, up to 4 GiB.");
}

function retries(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > maxRetries) {
    throw new InvalidArgumentError(`Write a number from 0 to ${maxRetries}.`);
  }
  return Number(text);
}
