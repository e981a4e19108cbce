import { healthService } from "./generated/grpc/health/v1/health_codec.ts";
import type { EchoServiceDefinition } from "./generated/signer/v1/EchoService.ts";
import { echoService } from "./generated/signer/v1/echo_codec.ts";
import type { ServerInfoServiceDefinition } from "./generated/signer/v1/ServerInfoService.ts";
import { serverInfoService } from "./generated/signer/v1/server_info_codec.ts";
import type { SigningServiceDefinition } from "./generated/signer/v1/SigningService.ts";
import { signingService } from "./generated/signer/v1/signing_codec.ts";

/** The services of `proto/signer/v1`, with the types that `deno task proto` generated. */
export interface SignerContract {
  readonly echo: EchoServiceDefinition;
  readonly signing: SigningServiceDefinition;
  readonly serverInfo: ServerInfoServiceDefinition;
}

const contract: SignerContract = {
  echo: echoService,
  signing: signingService,
  serverInfo: serverInfoService,
};

/** The contract, as code that `deno task proto` generated. */
export function signerContract(): SignerContract {
  return contract;
}

/** The standard health service, `grpc.health.v1.Health`. */
export const healthDefinition = healthService;
