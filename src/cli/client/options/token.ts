/** The options of the commands that send a token. @module */
import type { Command } from "commander";

/** The environment variable with a token, used when `--token-file` is not given. */
export const tokenVariable = "SIGNER_TOKEN";

/** The token options of a client, as commander reads them. */
export interface TokenOptions {
  readonly tokenFile?: string;
  readonly allowPlaintextToken?: boolean;
}

/** Adds the token options of a client. */
export function withToken(command: Command): Command {
  return command
    .option(
      "--token-file <file>",
      `token to send as authorization: Bearer (env: ${tokenVariable})`,
    )
    .option("--allow-plaintext-token", "send the token without TLS over a network as well");
}
