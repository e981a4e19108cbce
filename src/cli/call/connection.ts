import { type Command, InvalidArgumentError, Option } from "commander";
import { stackChoices } from "../../grpc/stacks/mod.ts";
import { parseDuration } from "../duration.ts";

/** Repeats of one call beyond which waiting for the server is what is meant. */
const maxRetries = 20;

/** Adds the options that every verb of `call` takes: where to, how, and how to print. */
export function withConnection(command: Command): Command {
  return command
    .option("--to <address>", "server to call; may be repeated (env: SIGNER_ADDRESS)", collect)
    .option("--tcp <host:port>", "the same for a TCP address", collect)
    .option("--vsock <cid:port>", "the same for AF_VSOCK", collect)
    .option("--unix <path>", "the same for a Unix socket", collect)
    .option("-H, --header <name: value>", "metadata to send, ${ENV} expanded; repeatable", collect)
    .option(
      "--deadline <duration>",
      "limit of each call (unary: 10s, streams: none)",
      parseDuration,
    )
    .option("--connect-timeout <duration>", "limit of connecting", parseDuration)
    .option("--wait-ready", "wait for the server until the deadline, rather than fail")
    .option("--retries <n>", "repeat what is safe to repeat when UNAVAILABLE (default: 0)", retries)
    .addOption(
      new Option("--lb <policy>", "how calls are spread over several addresses (round_robin)")
        .choices(["round_robin", "pick_first"]),
    )
    .addOption(
      new Option("--stack <name>", "what speaks gRPC (default: auto)").choices(stackChoices),
    )
    .addOption(
      new Option("--output <form>", "how to print the result (default: text)")
        .choices(["text", "json", "raw"]),
    )
    .option("-v, --verbose", "show metadata and timing on standard error");
}

/** A commander argument parser that gathers the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function retries(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > maxRetries) {
    throw new InvalidArgumentError(`Write a number from 0 to ${maxRetries}.`);
  }
  return Number(text);
}
