/** The services of the server: handlers that are independent of stack and socket. @module */
import type { KeyRing } from "../crypto/mod.ts";
import { intercept, type Service, serviceName } from "../grpc/mod.ts";
import { echoService } from "./echo.ts";
import { Health } from "./health.ts";
import { type InternalErrorReport, mapErrors, negotiateProtocol } from "./interceptors.ts";
import { reflectionServices } from "./reflection.ts";
import { type ServerIdentity, serverInfoService } from "./server_info.ts";
import { signingService } from "./signing.ts";

export type { InternalErrorReport, ServerIdentity };

/** The services of a server, and its health, which reports a drain. */
export interface SignerServices {
  readonly services: readonly Service[];
  readonly health: Health;
}

/** Creates the signer's services over a ring of keys, and the standard services. */
export function signerServices(
  keys: KeyRing,
  identity: ServerIdentity,
  report: InternalErrorReport,
): SignerServices {
  const own = [
    echoService(),
    signingService(keys, identity.limits.maxBatchItems),
    serverInfoService(keys, identity),
  ];
  const health = new Health(own.map(serviceName));
  const errors = mapErrors(report);
  return {
    health,
    services: [
      ...own.map((service) => intercept(service, errors, negotiateProtocol)),
      ...[health.service, ...reflectionServices([...own, health.service])]
        .map((service) => intercept(service, errors)),
    ],
  };
}
