/** The TLS options of the commands that call servers. @module */
import { type Command, Option } from "commander";

/** The TLS options of a client, as commander reads them. */
export interface ClientTlsOptions {
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCrl?: string;
  readonly tlsMin?: "1.2" | "1.3";
  readonly authority?: string;
  readonly plaintext?: boolean;
}

/** The hint for a failed handshake. */
export const TLS_HINT =
  "Check --tls-ca for the server's certificate, --authority for the name in it, and " +
  "--tls-cert and --tls-key for this client's";

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
    .option(
      "--tls-crl <file>",
      "certificate revocation list in PEM of the server's CA; implies --tls",
    )
    .addOption(
      new Option("--tls-min <version>", "lowest version of TLS (default: 1.3)")
        .choices(["1.2", "1.3"]),
    )
    .option("--authority <name>", "name that the server's certificate must have, and :authority")
    .addOption(
      new Option("--plaintext", "use no TLS (the default)")
        .conflicts(["tls", "tlsCa", "tlsCert", "tlsKey", "tlsCrl"]),
    );
}

/** Returns true if the options ask for TLS. */
export function wantsTls(options: ClientTlsOptions): boolean {
  const { tls, tlsCa, tlsCert, tlsKey, tlsCrl, tlsMin } = options;
  return tls === true || (tlsCa ?? tlsCert ?? tlsKey ?? tlsCrl ?? tlsMin) !== undefined;
}
