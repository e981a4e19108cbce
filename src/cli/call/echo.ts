import { echoDefinition } from "../../api/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { printResult } from "./result.ts";
import { Session } from "../client/mod.ts";

/** `call echo TEXT`. */
export async function echo(text: string, options: ConnectionOptions): Promise<void> {
  using session = await Session.open(options);
  const { message } = await session.unary(echoDefinition.Echo, { message: text });
  printResult({
    text: () => message.split("\n"),
    json: () => ({ message }),
    raw: () => new TextEncoder().encode(message),
  }, options.output);
}
