/** `signer serve`: its options. @module */
import { Command, InvalidArgumentError, Option } from "commander";
import { stackChoices } from "../../grpc/stacks/mod.ts";
import {
  DEFAULT_LOG_LEVELS,
  formatLogLevels,
  logFormats,
  type LogLevels,
  logLevels,
  parseLogLevels,
} from "../../telemetry/mod.ts";
import { parseDuration } from "../duration.ts";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { keyTypesOption } from "../key_options.ts";
import { auditOptions } from "./audit_options.ts";
import { limitOptions } from "./limits.ts";
import type { ServeOptions } from "./run.ts";
import { formatSize, parseSize } from "../size.ts";

/** The command `signer serve`. */
export function serveCommand(): Command {
  const command = new Command("serve")
    .addHelpText(
      "before",
      examples(
        "signer serve",
        "signer serve --tcp 0.0.0.0:50051 --key code-signing=/etc/signer/code.pem",
        "signer serve --vsock 5000 --key-dir /etc/signer/keys",
        "signer serve --tcp 0.0.0.0:50051 --tls-cert server.pem --tls-key server.key",
        "signer serve --tcp 127.0.0.1:0 --unix /run/signer.sock --generate ed25519",
      ),
    )
    .option(
      "--tcp <host:port>",
      "listen on a TCP address; repeatable (default: 127.0.0.1:50051)",
      collect,
    )
    .option("--vsock <[cid:]port>", "listen on an AF_VSOCK port; repeatable", collect)
    .option("--unix <path>", "listen on a Unix socket; repeatable", collect)
    .option("--listen <address>", "listen on an address of any form; repeatable", collect)
    .addOption(
      new Option("--unix-mode <mode>", "file mode of Unix sockets, in octal")
        .argParser(parseMode).default(0o600, "0600"),
    )
    .option(
      "--key <id=file>",
      "private key file, or folder of versions, with the id of the key; repeatable",
      collect,
    )
    .option(
      "--key-dir <dir>",
      "folder of key files NAME.pem, .der or .jwk, or folders of versions NAME, with NAME as the id; " +
        "NAME.pass is the passphrase",
    )
    .addOption(
      keyTypesOption(
        "--generate <type>",
        "generate a key that is lost when the process ends; repeatable",
      ),
    )
    .option("--passphrase-file <file>", "file with the passphrase of encrypted keys")
    .option(
      "--allow-insecure-key-files",
      "accept key and token files that other users own or can read",
    )
    .option(
      "--tls-cert <file>",
      "certificate chain in PEM: serve over TLS 1.3; repeatable, each for the names in it",
      collect,
    )
    .option(
      "--tls-key <file>",
      "private key of the certificate; repeatable, in the same order",
      collect,
    )
    .option("--tls-client-ca <file>", "CA certificates that clients' certificates must lead to")
    .addOption(
      new Option("--tls-client-auth <mode>", "client certificates (default: require with a CA)")
        .choices(["require", "request", "none"]),
    )
    .option("--tls-crl <file>", "certificate revocation list in PEM of the clients' CA")
    .addOption(
      new Option("--tls-min <version>", "lowest version of TLS").choices(["1.2", "1.3"])
        .default("1.3"),
    )
    .option("--tokens <file>", "file of tokens; callers send one as authorization: Bearer TOKEN")
    .option("--rules <file>", "file of rules that grant operations and keys to callers")
    .option("--no-reflection", "do not serve reflection")
    .option("--pipelines", "serve pipelines of audio nodes, which callers declare")
    .option("--allow-plaintext", "listen without TLS on addresses that the network can reach")
    .addOption(
      new Option("--provider <name>", "cryptography library")
        .choices(["auto", "openssl", "builtin"]).default("auto"),
    )
    .addOption(
      new Option("--secure-memory <size>", "memory for private keys that is kept out of swap")
        .argParser(parseSecureMemory).default(SECURE_MEMORY, formatSize(SECURE_MEMORY)),
    )
    .addOption(
      new Option("--stack <name>", "gRPC implementation").choices(stackChoices).default("auto"),
    )
    .option(
      "--workers <n>",
      "number of serving threads; 0 serves on the main thread",
      workers,
      "auto",
    )
    .option("--metrics <address>", "serve /metrics, /healthz and /readyz over HTTP on an address")
    .option("--pin", "pin each worker to one CPU")
    .addOption(
      new Option("--grace <duration>", "time for active calls to complete at a stop")
        .argParser(parseDuration).default(30_000, "30s"),
    )
    .addOption(
      new Option(
        "--log-level <levels>",
        `lowest level that is logged: ${logLevels.join(", ")}; also of categories, as in ` +
          "info,requests=debug",
      ).argParser(parseLevels).default(DEFAULT_LOG_LEVELS, formatLogLevels(DEFAULT_LOG_LEVELS)),
    )
    .addOption(
      new Option("--log-slow <duration>", "log unary calls that take as long, or longer")
        .argParser(parseDuration),
    )
    .addOption(
      new Option("--log-format <format>", "format of the lines on standard error")
        .choices(logFormats).default("text"),
    );
  for (const option of auditOptions()) command.addOption(option);
  for (const option of limitOptions()) command.addOption(option);
  return command.action(async (options: ServeOptions) => {
    const { runServer } = await import("./run.ts");
    await runServer(options);
  });
}

/** 255: the number of workers that a pool can address. */
const MAX_WORKERS = 255;

/** Parses a number of threads, or `auto`. */
function workers(text: string): number | "auto" {
  if (text === "auto") return text;
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count <= MAX_WORKERS) return count;
  throw new InvalidArgumentError(`Use auto, or a number up to ${MAX_WORKERS}.`);
}

function parseLevels(text: string): LogLevels {
  try {
    return parseLogLevels(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** 4 MiB, some 1,000 keys of RSA-4096: Linux lets a user lock 8 MiB. */
const SECURE_MEMORY = 4 * 1024 * 1024;

/** 64 KiB: a few keys, and the TLS handshakes beside them. */
const LEAST_SECURE_MEMORY = 64 * 1024;

/** The sizes that libcrypto takes are powers of two. */
function parseSecureMemory(text: string): number {
  const bytes = parseSize(text);
  if (Number.isInteger(Math.log2(bytes)) && bytes >= LEAST_SECURE_MEMORY) return bytes;
  throw new InvalidArgumentError("Write a power of two from 64KiB on, such as 1MiB or 8MiB.");
}

/** Parses permission bits in octal, such as `0660`. */
function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError("Write it in octal: 0660.");
  return parseInt(text, 8);
}
