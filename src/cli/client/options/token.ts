/** The options of the commands that send a token. @module */
import type { Command } from "commander";
import { addOptions } from "../../options.ts";
import { clientOptions } from "./table.ts";

/** The token options of a client, as commander reads them. */
export interface TokenOptions {
  readonly tokenFile?: string;
  readonly allowPlaintextToken?: boolean;
}

/** Adds the token options of a client. */
export function withToken(command: Command): Command {
  const { tokenFile, allowPlaintextToken } = clientOptions;
  return addOptions(command, { tokenFile, allowPlaintextToken });
}
