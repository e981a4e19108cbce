/** The TLS options of the commands that call servers. @module */
import type { Command } from "commander";
import { addOptions } from "../../options.ts";
import { clientOptions } from "./table.ts";

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

/** Hints for failed handshakes, by the reasons that OpenSSL gives. */
const handshakeHints: readonly (readonly [RegExp, string])[] = [
  [
    / alert .*(certificate|unknown ca)/,
    "The server takes no caller without a certificate that its --tls-client-ca has issued for " +
    "clients: name one with --tls-cert, and its private key with --tls-key",
  ],
  [
    / mismatch/,
    "Name the server as its certificate does (subjectAltName), in --to or with --authority",
  ],
  [
    /local issuer certificate|self-signed certificate/,
    "Name the CA of the server's certificate with --tls-ca",
  ],
];

/** Returns the hint for a failed handshake. */
export function handshakeHint(message: string): string {
  return handshakeHints.find(([reason]) => reason.test(message))?.[1] ??
    "Check --tls-ca for the server's certificate, --authority for the name in it, and " +
      "--tls-cert and --tls-key for this client's";
}

/** Adds the TLS options of a client. */
export function withTls(command: Command): Command {
  const { tls, tlsCa, tlsCert, tlsKey, tlsCrl, tlsMin, authority, plaintext } = clientOptions;
  const table = { tls, tlsCa, tlsCert, tlsKey, tlsCrl, tlsMin, authority, plaintext };
  addOptions(command, table);
  command.options.find(({ long }) => long === plaintext.flag)!
    .conflicts(["tls", "tlsCa", "tlsCert", "tlsKey", "tlsCrl"]);
  return command;
}

/** Returns true if the options ask for TLS. */
export function wantsTls(options: ClientTlsOptions): boolean {
  const { tls, tlsCa, tlsCert, tlsKey, tlsCrl, tlsMin } = options;
  return tls === true || (tlsCa ?? tlsCert ?? tlsKey ?? tlsCrl ?? tlsMin) !== undefined;
}
