import {
  type HealthCheckRequestInit,
  type HealthCheckResponse,
  healthDefinition,
} from "../../api/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { printResult, refuseRaw } from "./result.ts";
import { Session } from "../client/mod.ts";

export interface HealthOptions extends ConnectionOptions {
  readonly watch?: boolean;
}

/**
 * `call health [SERVICE]`: exits with 1 unless the service is SERVING. With `--watch`, prints each change
 * until the server ends the watch.
 */
export async function health(name: string | undefined, options: HealthOptions): Promise<void> {
  refuseRaw(options.output, "health");
  using session = await Session.open(options);
  const method = options.watch ? healthDefinition.Watch : healthDefinition.Check;
  let last = "UNKNOWN";
  for await (
    const response of session.call<HealthCheckRequestInit, HealthCheckResponse>(method, [
      { service: name ?? "" },
    ])
  ) {
    const status = last = String(response.status);
    printResult({ text: () => [status], json: () => ({ status }) }, options.output);
  }
  if (last === "SERVING" || options.watch) return;
  const what = name === undefined ? "The server" : `Service ${JSON.stringify(name)}`;
  throw new CliError(ExitCode.failed, `${what} is not serving: ${last}`);
}
