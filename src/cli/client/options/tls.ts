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

/** The hint for a failed handshake. */
export const TLS_HINT =
  "Check --tls-ca for the server's certificate, --authority for the name in it, and " +
  "--tls-cert and --tls-key for this client's";

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
