/**
 * The TLS context of the commands that call servers. Imported when TLS is asked for: it loads keys and libssl.
 *
 * @module
 */
import { openProvider, readPrivateKeyFile } from "../../crypto/mod.ts";
import { openLibcrypto } from "../../ffi/mod.ts";
import type { Stack } from "../../grpc/stacks/mod.ts";
import { TlsContext, type TlsIdentity } from "../../net/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { passphraseToRead } from "../passphrase/mod.ts";
import { readFile } from "../read_file.ts";
import type { ClientTlsOptions } from "./options/mod.ts";

/**
 * Opens the TLS context that the options ask for. The caller disposes of it after its channels.
 *
 * @throws {CliError} for options that do not go together, and files that cannot be used
 * @throws {CryptoError} for a private key that cannot be used
 */
export async function openClientTls(
  options: ClientTlsOptions,
  stack: Stack,
): Promise<TlsContext> {
  const { tlsCa, tlsCert, tlsKey, tlsMin } = options;
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
