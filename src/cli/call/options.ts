import type { Command } from "commander";
import { clientOptions, withTargets, withTls, withToken } from "../client/options/mod.ts";
import { addOptions } from "../options.ts";

/** Adds the options of every verb of `call`: the servers, the channel, and the form of the output. */
export function withConnection(command: Command): Command {
  const to = "server to call (env: SIGNER_ADDRESS; default: 127.0.0.1:50051)";
  withToken(withTls(withTargets(command, { to })));
  const { deadline, maxMessageSize, waitReady, retries, output, verbose } = clientOptions;
  return addOptions(command, { deadline, maxMessageSize, waitReady, retries, output, verbose });
}
