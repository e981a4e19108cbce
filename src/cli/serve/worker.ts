/**
 * The entry of the threads that serve: `runServer` starts them, and they build the services over keys
 * that the main thread shares with them.
 *
 * @module
 */
import { KeyRing, KeyStore, openProvider, type SharedKeyStore } from "../../crypto/mod.ts";
import { serveAsWorker } from "../../grpc/native/workers/mod.ts";
import { type ServerIdentity, signerServices } from "../../services/mod.ts";
import {
  configureLogs,
  errorReports,
  type Level,
  type LogFormat,
  logger,
  type LogTarget,
} from "../../telemetry/mod.ts";

/** What the main thread gives a worker to start with. */
export interface ServeSetup {
  readonly keys: SharedKeyStore;
  readonly identity: ServerIdentity;
  readonly logs: { readonly level: Level; readonly format: LogFormat; readonly target: LogTarget };
}

/** A change that the main thread has a worker take. */
export type ServeUpdate =
  /** Keys in place of the current ones, which become those of a retired generation. */
  | { readonly keys: SharedKeyStore; readonly generation: number }
  /** The generation of retired keys up to which they are disposed of. */
  | { readonly release: number };

serveAsWorker(({ keys: shared, identity, logs }: ServeSetup) => {
  configureLogs(logs);
  const report = errorReports(logger("serve"));
  const { provider } = openProvider(identity.provider.name);
  const keys = new KeyRing(KeyStore.adopt(provider, shared));
  const { services, health } = signerServices(keys, identity, ({ error, ...call }) => {
    report("A call failed inside the server", { ...call, error });
  });
  return {
    services,
    drain: () => health.drain(),
    update(update) {
      const change = update as ServeUpdate;
      if ("keys" in change) {
        keys.replace(KeyStore.adopt(provider, change.keys), change.generation);
      } else {
        keys.release(change.release);
      }
    },
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  };
});
