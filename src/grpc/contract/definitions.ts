import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import type { EchoServiceDefinition } from "./generated/signer/v1/EchoService.ts";
import type { ServerInfoServiceDefinition } from "./generated/signer/v1/ServerInfoService.ts";
import type { SigningServiceDefinition } from "./generated/signer/v1/SigningService.ts";

/** The services of `proto/signer/v1`, with the types that `deno task proto` generated. */
export interface SignerContract {
  readonly echo: EchoServiceDefinition;
  readonly signing: SigningServiceDefinition;
  readonly serverInfo: ServerInfoServiceDefinition;
}

/** How messages look in JavaScript: the options that the generated types were made with. */
export const messageOptions = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
} as const satisfies Options;

let loaded: SignerContract | undefined;

/** The contract, read from the `.proto` files the first time that it is asked for. */
export function signerContract(): SignerContract {
  if (loaded) return loaded;
  const definitions = loadSignerPackage(messageOptions);
  const service = <D>(name: string) => definitions[`signer.v1.${name}`] as unknown as D;
  loaded = {
    echo: service<EchoServiceDefinition>("EchoService"),
    signing: service<SigningServiceDefinition>("SigningService"),
    serverInfo: service<ServerInfoServiceDefinition>("ServerInfoService"),
  };
  return loaded;
}

/** The contract as proto-loader gives it under other options than the program's own. */
export function loadSignerPackage(options: Options): PackageDefinition {
  const files = ["signer/v1/echo.proto", "signer/v1/signing.proto", "signer/v1/server_info.proto"];
  const includeDirs = [fileURLToPath(new URL("../../../proto", import.meta.url))];
  return loadSync(files, { ...options, includeDirs });
}
