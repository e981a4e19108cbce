/** TLS of the commands that call servers: their options, and the context of their channel. @module */
import { type Command, Option } from "commander";
import { openProvider, readPrivateKeyFile } from "../../crypto/mod.ts";
import { openLibcrypto } from "../../ffi/mod.ts";
import type { Stack } from "../../grpc/stacks/mod.ts";
import { TlsContext, type TlsIdentity } from "../../net/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { passphraseToRead } from "../passphrase/mod.ts";
import { readFile } from "./read_file.ts";

/** The TLS options of a client, as commander reads them. */
export interface ClientTlsOptions {
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsMin?: "1.2" | "1.3";
  readonly authority?: string;
  readonly plaintext?: boolean;
}

/** Adds the TLS options of a client. */
export function withTls(command: Command): Command {
  return command
    .option("--tls", "use TLS, with the CA certificates of the system")
    .option(
      "--tls-ca <file>",
      "CA certificates in PEM that the server's must lead to; implies --tls",
    )
    .option("--tls-cert <file>", "client certificate chain in PEM; implies --tls")
    .option("--tls-key <file>", "private key of the client certificate")
    .addOption(
      new Option("--tls-min <version>", "lowest version of TLS (default: 1.3)")
        .choices(["1.2", "1.3"]),
    )
    .option("--authority <name>", "name that the server's certificate must have, and :authority")
    .addOption(
      new Option("--plaintext", "use no TLS (the default)")
        .conflicts(["tls", "tlsCa", "tlsCert", "tlsKey"]),
    );
}

/**
 * Opens the TLS context that the options ask for; undefined when they ask for none. The caller disposes of
 * it after its channels.
 *
 * @throws {CliError} for options that do not go together, and files that cannot be used
 * @throws {CryptoError} for a private key that cannot be used
 */
export async function openClientTls(
  options: ClientTlsOptions,
  stack: Stack,
): Promise<TlsContext | undefined> {
  const { tls, tlsCa, tlsCert, tlsKey, tlsMin } = options;
  if (!tls && (tlsCa ?? tlsCert ?? tlsKey ?? tlsMin) === undefined) return undefined;
  if (stack !== "native") {
    throw usageError(`TLS does not fit --stack ${stack}`, "Use --stack native, which is on Linux");
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw usageError("A client certificate needs --tls-cert and --tls-key");
  }
  const identity = tlsCert === undefined ? undefined : await readIdentity(tlsCert, tlsKey!);
  try {
    return new TlsContext({
      role: "client",
      minVersion: tlsMin ?? "1.3",
      identity,
      ca: tlsCa === undefined ? undefined : readFile(tlsCa),
      crl: undefined,
      peerCertificate: "require",
    });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(ExitCode.usage, `TLS cannot be set up: ${(cause as Error).message}`, {
      cause,
      hint: `Look at ${[tlsCa, tlsCert, tlsKey].filter((path) => path !== undefined).join(", ")}`,
    });
  } finally {
    identity?.[Symbol.dispose]();
  }
}

async function readIdentity(
  certificate: string,
  keyFile: string,
): Promise<TlsIdentity & Disposable> {
  const certificates = readFile(certificate);
  const { provider } = openProvider("openssl");
  using key = await readPrivateKeyFile(provider, keyFile, {
    passphrase: () => passphraseToRead({}, `Passphrase of ${keyFile}: `),
  });
  const shared = key.share();
  if (shared.provider !== "openssl") throw new Error("The provider openssl shared another key");
  const pkey = openLibcrypto().adopt(shared.token);
  return { certificates, key: pkey, [Symbol.dispose]: () => pkey[Symbol.dispose]() };
}
