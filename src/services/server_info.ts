import { algorithms, type CryptoProvider, type KeyRing, keyTypes } from "../crypto/mod.ts";
import { libc } from "../ffi/mod.ts";
import { limits, protocolVersions, serverInfoDefinition } from "../api/mod.ts";
import { implement, type Service, unary } from "../grpc/mod.ts";
import { isLocalPeer } from "../net/mod.ts";
import { wireAlgorithm, wireKeyType } from "./wire_names.ts";

/** What a server says of itself. */
export interface ServerIdentity {
  readonly version: string;
  readonly stack: string;
  readonly provider: Pick<CryptoProvider, "name" | "version">;
}

/** ServerInfoService: how to speak to this server, and with what its keys can sign. */
export function serverInfoService(keys: KeyRing, identity: ServerIdentity): Service {
  const process = { pid: Deno.pid, pidStartTicks: libc.processStartTicks("self") ?? 0 };
  return implement(serverInfoDefinition, {
    GetServerInfo: unary((_, { peer }) => {
      const held = keys.current.list();
      const offered = new Set(held.flatMap(({ algorithms }) => algorithms));
      const types = new Set(held.map(({ type }) => type));
      return {
        version: identity.version,
        protocolVersions: [...protocolVersions],
        algorithms: algorithms.filter(({ name }) => offered.has(name)).map((a) =>
          wireAlgorithm(a.name)
        ),
        keyTypes: keyTypes.filter(({ name }) => types.has(name)).map((t) => wireKeyType(t.name)),
        limits: { maxRequestBytes: limits.maxRequestBytes, maxBatchItems: limits.maxBatchItems },
        provider: identity.provider.name,
        providerVersion: identity.provider.version,
        stack: identity.stack,
        ...(isLocalPeer(peer) ? process : {}),
      };
    }),
  });
}
