/** ServerInfoService. @module */
import { algorithms, type CryptoProvider, type KeyRing, keyTypes } from "../crypto/mod.ts";
import { protocolVersions, type RequestLimits, serverInfoDefinition } from "../api/mod.ts";
import { implement, type Service, unary } from "../grpc/mod.ts";
import { type FindPermissions, permittedKeys } from "./access.ts";
import { wireAlgorithm, wireKeyType } from "./wire_names.ts";

/** The description of a server that ServerInfo gives. */
export interface ServerIdentity {
  readonly version: string;
  readonly stack: string;
  readonly provider: Pick<CryptoProvider, "name" | "version">;
  readonly limits: RequestLimits;
  readonly process: {
    readonly pid: number;
    /** Start time of the process in clock ticks since boot; 0 where it is not known. */
    readonly startTicks: number;
  };
}

/** ServerInfoService: versions and limits of this server, and the algorithms of the keys that the caller may use. */
export function serverInfoService(
  keys: KeyRing,
  identity: ServerIdentity,
  permissionsOf: FindPermissions,
): Service {
  const { limits, process: { pid, startTicks } } = identity;
  return implement(serverInfoDefinition, {
    GetServerInfo: unary((_, context) => {
      const held = permittedKeys(keys.current, permissionsOf(context));
      const offered = new Set(held.flatMap(({ algorithms }) => algorithms));
      const types = new Set(held.map(({ type }) => type));
      return {
        version: identity.version,
        protocolVersions: [...protocolVersions],
        algorithms: algorithms.filter(({ name }) => offered.has(name)).map((a) =>
          wireAlgorithm(a.name)
        ),
        keyTypes: keyTypes.filter(({ name }) => types.has(name)).map((t) => wireKeyType(t.name)),
        limits,
        provider: identity.provider.name,
        providerVersion: identity.provider.version,
        stack: identity.stack,
        ...(context.peerIsLocal ? { pid, pidStartTicks: startTicks } : {}),
      };
    }),
  });
}
