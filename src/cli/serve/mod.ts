import { Command, InvalidArgumentError, Option } from "commander";
import { stackChoices } from "../../grpc/stacks/mod.ts";
import { logFormats, logLevels } from "../../telemetry/mod.ts";
import { parseDuration } from "../duration.ts";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { keyTypesOption } from "../key_options.ts";
import type { ServeOptions } from "./run.ts";

/** `signer serve`: holds keys and signs with them until it is told to stop. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("Hold keys, and sign with them for whoever calls")
    .addHelpText(
      "before",
      examples(
        "signer serve",
        "signer serve --tcp 0.0.0.0:50051 --key code-signing=/etc/signer/code.pem",
        "signer serve --vsock 5000 --key-dir /etc/signer/keys",
        "signer serve --tcp 127.0.0.1:0 --unix /run/signer.sock --generate ed25519",
      ),
    )
    .option("--tcp <host:port>", "listen here; may be repeated (default: 127.0.0.1:50051)", collect)
    .option("--vsock <[cid:]port>", "listen on AF_VSOCK; may be repeated", collect)
    .option("--unix <path>", "listen on a Unix socket; may be repeated", collect)
    .option("--listen <address>", "listen on an address of any form; may be repeated", collect)
    .option("--unix-mode <mode>", "permissions of Unix sockets", parseMode, 0o600)
    .option("--key <id=file>", "serve the private key in a file; may be repeated", collect)
    .option(
      "--key-dir <dir>",
      "serve every NAME.pem, .der and .jwk of a folder; NAME.pass is its passphrase",
    )
    .addOption(
      keyTypesOption(
        "--generate <type>",
        "make a key that is lost with the process; may be repeated",
      ),
    )
    .option("--passphrase-file <file>", "the passphrase of the keys that are encrypted")
    .option("--allow-insecure-key-files", "read key files that group or others can read")
    .addOption(
      new Option("--provider <name>", "what does the cryptography")
        .choices(["auto", "openssl", "builtin"]).default("auto"),
    )
    .addOption(
      new Option("--stack <name>", "what speaks gRPC").choices(stackChoices).default("auto"),
    )
    .option("--workers <n>", "threads that serve; 0 is the main thread alone", workers, "auto")
    .option("--pin", "keep each worker on a processor of its own")
    .option("--grace <duration>", "how long a stop waits for calls", parseDuration, 30_000)
    .addOption(new Option("--log-level <level>").choices(logLevels).default("info"))
    .addOption(new Option("--log-format <format>").choices(logFormats).default("text"))
    .action(async (options: ServeOptions) => {
      const { runServer } = await import("./run.ts");
      await runServer(options);
    });
}

/** The most threads that a worker pool has. */
const MAX_WORKERS = 255;

/** A number of threads, or `auto`. */
function workers(text: string): number | "auto" {
  if (text === "auto") return text;
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count <= MAX_WORKERS) return count;
  throw new InvalidArgumentError(`Use auto, or a number up to ${MAX_WORKERS}.`);
}

/** Permission bits in octal. */
function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError("Write it in octal: 0660.");
  return parseInt(text, 8);
}
