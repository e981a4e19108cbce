import { serverInfoDefinition } from "../../api/mod.ts";
import { keyTypeName } from "../client/keys/mod.ts";
import { Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { printResult, refuseRaw } from "./result.ts";

/** `call info`: prints the version, algorithms and limits of the server. */
export async function info(options: ConnectionOptions): Promise<void> {
  refuseRaw(options.output, "info");
  using session = await Session.open(options);
  const info = await session.unary(serverInfoDefinition.GetServerInfo, {});
  const lines: [name: string, value: string][] = [
    ["version", info.version],
    ["protocol versions", info.protocolVersions.join(", ")],
    ["stack", info.stack],
    ["provider", `${info.provider} (${info.providerVersion})`],
    ["key types", info.keyTypes.map(keyTypeName).join(", ")],
    ["algorithms", info.algorithms.join(", ")],
    ["largest request", `${info.limits?.maxRequestBytes ?? "?"} bytes`],
    ["largest batch", `${info.limits?.maxBatchItems ?? "?"} requests`],
    ...(info.pid > 0 ? [["process", `${info.pid}`] as [string, string]] : []),
  ];
  printResult({
    text: () => lines.map(([name, value]) => `${name}: ${value}`),
    json: () => info,
  }, options.output);
}
