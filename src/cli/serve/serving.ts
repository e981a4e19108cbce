/** Opens the server of `serve`: on a stack, with workers or without. @module */
import type { AuditLog } from "../../audit/mod.ts";
import { Access, type AccessPolicy } from "../../access/mod.ts";
import type { CryptoProvider, KeyRing, SharedKeyStore } from "../../crypto/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { type DrainReport, joinObservers, type RpcServer } from "../../grpc/mod.ts";
import {
  chosenStack,
  type LoadingThread,
  openServer,
  openWorkerServer,
  type Stack,
  type StackChoice,
  type WorkerServer,
} from "../../grpc/stacks/mod.ts";
import { openTlsContext } from "../../net/mod.ts";
import type { ServerIdentity } from "../../services/mod.ts";
import {
  errorReports,
  type LogFormat,
  logger,
  type LogLevels,
  logTarget,
  onLogLevels,
} from "../../telemetry/mod.ts";
import { openServerTraces } from "../../tracing/mod.ts";
import { refusalReports } from "./access.ts";
import type { ServerMetrics } from "./metrics.ts";
import type { Limits } from "./options/mod.ts";
import type { Replaced } from "./reload.ts";
import { applySettings } from "./settings.ts";
import { chosenWorkers, workerEntry } from "./threads.ts";
import type { ServerTls } from "./tls.ts";
import type { ServeSetup, ServeUpdate } from "./worker.ts";

/** Options of `serve` for the stack and its threads. */
export interface ServingOptions {
  readonly stack: StackChoice;
  /**
   * Number of serving threads; 0 serves on the main thread. `auto` is one for each CPU that the process may
   * use, or 0 where there is a single one.
   */
  readonly workers: number | "auto";
  /** Pin each worker to one CPU of the allowed set. */
  readonly pin?: boolean;
  /** False to serve no reflection. */
  readonly reflection: boolean;
  /** True to serve pipelines. */
  readonly pipelines?: boolean;
  readonly logLevel: LogLevels;
  /** The time in milliseconds from which on a call is logged as slow. */
  readonly logSlow?: number;
  readonly logFormat: LogFormat;
}

/** An open server, with its stack and threads. */
export interface Serving {
  readonly server: RpcServer;
  readonly stack: Stack;
  readonly workers: number;
  /** Describes each serving thread. */
  inspect(): ReturnType<RpcServer["inspect"]>;
  /** Returns true while every worker makes progress. */
  responds(): boolean;
  /** Sends changes of status to the health watches of every thread. */
  refreshHealth(): Promise<void>;
  /** Reports NOT_SERVING to health checks, and still accepts connections and calls. */
  announceDrain(): Promise<void>;
  /** Reports NOT_SERVING, ends health watches, and drains as `RpcServer.drain()`. */
  drain(graceMs: number): Promise<DrainReport>;
  /** Passes the parts that a reload has replaced to every thread: keys, TLS files, policy, limits, the log level. */
  publish(replaced: Replaced): Promise<void>;
  /** Makes the workers open the audit file again, after it was renamed. */
  reopenAudit(): Promise<void>;
  /** Makes the workers free the retired keys up to a generation. */
  releaseKeys(generation: number): Promise<void>;
}

/** The parts that a server is opened with. */
export interface ServingParts {
  readonly options: ServingOptions;
  readonly limits: Limits;
  readonly version: string;
  readonly provider: CryptoProvider;
  readonly keys: KeyRing;
  readonly tls: ServerTls | undefined;
  readonly policy: AccessPolicy | undefined;
  readonly audit: AuditLog | undefined;
  readonly metrics: ServerMetrics | undefined;
  readonly pipelineCounters: SharedArrayBuffer | undefined;
  /** The threads of `startThreads()`. */
  readonly threads: readonly LoadingThread[];
}

/** Opens a server for the keys of a ring, on the stack and threads that the options name. */
export async function openServing(parts: ServingParts): Promise<Serving> {
  const { options, limits, version, provider, keys, tls, policy, audit, metrics } = parts;
  const { pipelineCounters, threads } = parts;
  const stack = await chosenStack(options.stack);
  const { name, version: providerVersion } = provider;
  const identity = {
    version,
    stack,
    provider: { name, version: providerVersion },
    limits: { maxRequestBytes: limits.maxRequestBytes, maxBatchItems: limits.maxBatchItems },
    process: { pid: Deno.pid, startTicks: libc.processStartTicks("self") ?? 0 },
  };
  const workers = stack === "native" ? chosenWorkers(options.workers) : 0;
  if (workers > 0) {
    // For the workers that start later.
    let current = policy;
    const logs = {
      ...{ levels: options.logLevel, format: options.logFormat, slowMs: options.logSlow },
      target: logTarget(),
    };
    const shared = { keys, tls, policy: () => current, audit, metrics, logs, pipelineCounters };
    const server = await openWorkers(options, limits, workers, identity, shared, threads);
    return {
      server,
      stack,
      workers,
      inspect: () => server.inspect(),
      responds: () => server.responds,
      refreshHealth: () =>
        server.update(() => ({ data: { health: "refresh" } satisfies ServeUpdate })),
      announceDrain: () => server.announceDrain(),
      drain: (graceMs) => server.drain(graceMs),
      publish: async ({ generation, policy, tls: newTls, settings }) => {
        current = policy ?? current;
        if (settings !== undefined) {
          applySettings(settings, identity.limits);
          logs.levels = settings.logLevel;
          await server.setLimits(settings.limits);
        }
        await server.update(() => {
          const shared = generation === undefined ? [] : keys.current.share();
          const data = {
            keys: generation === undefined ? undefined : { shared, generation },
            policy,
            tls: newTls ? tls?.files.share() : undefined,
            settings,
          } satisfies ServeUpdate;
          return { data, transfer: secretsOf(shared) };
        });
      },
      reopenAudit: () => server.update(() => ({ data: { audit: "reopen" } satisfies ServeUpdate })),
      releaseKeys: (release) => server.update(() => ({ data: { release } satisfies ServeUpdate })),
    };
  }
  const report = errorReports(logger("serve"));
  // Imported here because it takes memory: with workers, the main thread needs no services.
  const { RequestLog, signerServices } = await import("../../services/mod.ts");
  const requests = new RequestLog(logger("requests"), {
    levels: options.logLevel,
    slowMs: options.logSlow,
  });
  onLogLevels((levels) => requests.setLevels(levels));
  const counters = metrics?.ownCounters();
  const access = policy && new Access(policy, refusalReports(logger("serve")));
  const served = await signerServices(keys, identity, ({ error, ...call }) => {
    report("A call failed inside the server", { ...call, error });
  }, {
    access,
    audit: audit?.chain,
    onSigned: counters && ((key, algorithm) => counters.signed(key, algorithm)),
    reflection: options.reflection,
    pipelines: options.pipelines,
    pipelineCounters,
    onPipelineFailure: (reason) => {
      logger("serve").error("The worker of pipelines has failed and is replaced", { reason });
    },
  });
  let context = tls && openTlsContext(tls.files.share());
  const server = await openServer(stack, {
    services: served.services,
    limits,
    tls: context && (() => context!),
    meter: counters,
    observer: joinObservers(
      // Before the log, which has the trace that the span belongs to.
      await openServerTraces(),
      requests,
    ),
    beforeSend: audit && (() => audit.chain.commit()),
  });
  const drain = async (graceMs: number) => {
    served.health.drain();
    const report = await server.drain(graceMs);
    served[Symbol.dispose]();
    return report;
  };
  return {
    server,
    stack,
    workers,
    inspect: () => server.inspect(),
    // This thread serves, and it is the one that asks.
    responds: () => true,
    refreshHealth() {
      served.health.refresh();
      return Promise.resolve();
    },
    announceDrain() {
      served.health.announceDrain();
      return server.announceDrain();
    },
    drain,
    async publish({ generation, policy, tls: newTls, settings }) {
      // The services of this thread read the ring itself.
      if (generation !== undefined) served.health.refresh();
      if (policy !== undefined) access?.replace(policy);
      if (newTls) {
        const before = context;
        context = tls && openTlsContext(tls.files.share());
        before?.[Symbol.dispose]();
      }
      if (settings !== undefined) {
        applySettings(settings, identity.limits);
        await server.setLimits(settings.limits);
      }
    },
    reopenAudit: () => Promise.resolve(),
    releaseKeys: () => Promise.resolve(),
  };
}

/** Key bytes that a provider has to post, for moving them to the other thread instead of copying. */
function secretsOf(shared: SharedKeyStore): Transferable[] {
  const keys = shared.flatMap(({ versions }) => versions.map(({ key }) => key));
  return keys.flatMap((key) => "pkcs8" in key ? [key.pkcs8.buffer] : []);
}

/** The parts of a server that each worker gets its share of when it starts. */
interface WorkerParts {
  readonly keys: KeyRing;
  readonly tls: ServerTls | undefined;
  readonly policy: () => AccessPolicy | undefined;
  readonly audit: AuditLog | undefined;
  readonly metrics: ServerMetrics | undefined;
  readonly logs: ServeSetup["logs"];
  readonly pipelineCounters: SharedArrayBuffer | undefined;
}

function openWorkers(
  { pin, reflection, pipelines }: ServingOptions,
  limits: Limits,
  workers: number,
  identity: ServerIdentity,
  { keys, tls, policy, audit, metrics, logs, pipelineCounters }: WorkerParts,
  threads: readonly LoadingThread[],
): Promise<WorkerServer> {
  return openWorkerServer({
    workers,
    pin,
    limits,
    entry: workerEntry,
    threads,
    onFailure: () => metrics?.onWorkerFailure(),
    setup: (worker) => {
      const shared = keys.current.share();
      const data = {
        keys: shared,
        identity,
        logs,
        tls: tls?.files.share(),
        policy: policy(),
        reflection,
        pipelines,
        pipelineCounters,
        audit: audit?.share(),
        counters: metrics?.countersOf(worker),
      } satisfies ServeSetup;
      return { data, transfer: secretsOf(shared) };
    },
  });
}
