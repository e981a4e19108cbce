import type { Command } from "commander";
import { clientOptions, withTargets, withTls, withToken } from "../client/options/mod.ts";
import { addOptions } from "../options.ts";

/** Adds the options of every verb of `call`: the servers, the channel, and the form of the output. */
export function withConnection(command: Command): Command {
  withToken(withTls(withTargets(command, { to: "server to call (env: SIGNER_ADDRESS)" })));
  const { deadline, maxMessageSize, waitReady, retries, output, verbose } = clientOptions;
  return addOptions(command, { deadline, maxMessageSize, waitReady, retries, output, verbose });
}
