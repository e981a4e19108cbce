/**
 * The entry module of a worker thread of `serve`. Builds the services over the keys that the main thread
 * shares.
 *
 * @module
 */
import { AuditChain, type ChainSetup } from "../../audit/mod.ts";
import { Access, type AccessPolicy } from "../../access/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { KeyRing, KeyStore, openProvider, type SharedKeyStore } from "../../crypto/mod.ts";
import { openTlsContext, type SharedTls } from "../../net/mod.ts";
import { joinObservers } from "../../grpc/mod.ts";
import { serveAsWorker } from "../../grpc/native/workers/mod.ts";
import { RequestLog, type ServerIdentity, signerServices } from "../../services/mod.ts";
import {
  configureLogs,
  errorReports,
  type LogFormat,
  logger,
  type LogLevels,
  type LogTarget,
  onLogLevels,
} from "../../telemetry/mod.ts";
import { ThreadCounters } from "../../telemetry/metrics/mod.ts";
import { openServerTraces } from "../../tracing/mod.ts";
import { refusalReports } from "./access.ts";
import { auditEvents, auditHash } from "./audit_chain.ts";
import { applySettings, type ServeSettings } from "./settings.ts";

/** The data that the main thread starts a worker with. */
export interface ServeSetup {
  readonly keys: SharedKeyStore;
  readonly identity: ServerIdentity;
  readonly logs: {
    levels: LogLevels;
    readonly format: LogFormat;
    readonly slowMs: number | undefined;
    readonly target: LogTarget;
  };
  readonly tls: SharedTls | undefined;
  readonly policy: AccessPolicy | undefined;
  readonly reflection: boolean;
  readonly pipelines: boolean | undefined;
  readonly pipelineCounters: SharedArrayBuffer | undefined;
  readonly audit: ChainSetup | undefined;
  /** Memory of the worker's counters. */
  readonly counters: SharedArrayBuffer | undefined;
}

/** A change that the main thread sends to a worker. */
export type ServeUpdate =
  /** The parts that were replaced; the keys before retire as `generation`. */
  | {
    readonly keys: { readonly shared: SharedKeyStore; readonly generation: number } | undefined;
    readonly policy: AccessPolicy | undefined;
    readonly tls: SharedTls | undefined;
    /** The limits that services read, and the log level. */
    readonly settings: ServeSettings | undefined;
  }
  /** The generation up to which retired keys are disposed of. */
  | { readonly release: number }
  /** The audit file was renamed. */
  | { readonly audit: "reopen" }
  /** A key can sign from now on, or no longer: a period of its versions has begun or ended. */
  | { readonly health: "refresh" };

serveAsWorker(async (setup: ServeSetup) => {
  const traces = await openServerTraces();
  const {
    keys: shared,
    identity,
    logs,
    tls,
    policy,
    reflection,
    pipelines,
    pipelineCounters,
    audit,
    counters: memory,
  } = setup;
  const counters = memory && new ThreadCounters(memory);
  configureLogs({ ...logs, onDropped: (count) => counters?.droppedLines(count) });
  counters?.thread(libc.threadNumber() ?? 0);
  const requests = new RequestLog(logger("requests"), logs);
  onLogLevels((levels) => requests.setLevels(levels));
  const report = errorReports(logger("serve"));
  const { provider } = openProvider(identity.provider.name);
  const keys = new KeyRing(KeyStore.adopt(provider, shared));
  const access = policy && new Access(policy, refusalReports(logger("serve")));
  const chain = audit && new AuditChain(audit, {
    isBatched: true,
    hash: auditHash(provider),
    events: auditEvents(logger("serve"), audit.whenFailing),
  });
  const served = await signerServices(keys, identity, ({ error, ...call }) => {
    report("A call failed inside the server", { ...call, error });
  }, {
    access,
    audit: chain,
    onSigned: counters && ((key, algorithm) => counters.signed(key, algorithm)),
    reflection,
    pipelines,
    pipelineCounters,
    onPipelineFailure: (reason) => {
      logger("serve").error("The worker of pipelines has failed and is replaced", { reason });
    },
  });
  let context = tls && openTlsContext(tls);
  return {
    services: served.services,
    tls: context && (() => context!),
    meter: counters,
    observer: joinObservers(traces, requests),
    beforeSend: chain && (() => chain.commit()),
    announceDrain: () => served.health.announceDrain(),
    drain: () => served.health.drain(),
    update(update) {
      const change = update as ServeUpdate;
      if ("release" in change) return keys.release(change.release);
      if ("audit" in change) return chain?.reopen();
      if ("health" in change) return served.health.refresh();
      if (change.keys !== undefined) {
        keys.replace(KeyStore.adopt(provider, change.keys.shared), change.keys.generation);
        served.health.refresh();
      }
      if (change.tls !== undefined) {
        const before = context;
        context = openTlsContext(change.tls);
        before?.[Symbol.dispose]();
      }
      if (change.policy !== undefined) access?.replace(change.policy);
      if (change.settings !== undefined) applySettings(change.settings, identity.limits);
    },
    [Symbol.dispose]() {
      served[Symbol.dispose]();
      chain?.[Symbol.dispose]();
      keys[Symbol.dispose]();
      context?.[Symbol.dispose]();
    },
  };
});
