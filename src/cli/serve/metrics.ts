/** The metrics of a server, and the probes of its health. @module */
import type { CryptoProvider, KeyRing } from "../../crypto/mod.ts";
import type { RevocationList } from "../../ffi/mod.ts";
import { statusName } from "../../grpc/mod.ts";
import type { PipelineCounters } from "../../pipeline/mod.ts";
import {
  contentTypes,
  Exposition,
  type ExpositionFormat,
  formatOf,
} from "../../telemetry/exposition/mod.ts";
import {
  createCounterMemory,
  ThreadCounters,
  type ThreadCounts,
} from "../../telemetry/metrics/mod.ts";
import { droppedLogLines } from "../../telemetry/mod.ts";
import { distinctCertificates } from "./expiry.ts";
import type { Page, PageRequest, Pages } from "./http.ts";
import { EventLoopLag } from "./event_loop_lag.ts";
import { processFigures, threadCpuSeconds } from "./process_metrics.ts";
import { revocationValidity } from "./revocation_expiry.ts";
import {
  describeStatus,
  type ServingFacts,
  type StatusDocument,
  sumLimits,
  sumMethods,
  type ThreadFigures,
} from "./status.ts";
import { statusPage } from "./status_page.ts";

/** The parts of a server that metrics describe. */
export interface Measured {
  readonly version: string;
  readonly provider: Pick<CryptoProvider, "name" | "version">;
  readonly keys: KeyRing;
  /** Returns the certificates in use, in PEM. */
  readonly certificates: () => readonly Uint8Array[];
  readonly revocationLists: () => readonly RevocationList[];
}

/** The counters of a thread, and the thread that they belong to. */
interface Thread {
  readonly worker: number | undefined;
  readonly counters: ThreadCounters;
}

/** Collects the counters of all threads, and writes them as pages. */
export class ServerMetrics {
  readonly #server: Measured;
  /** Threads that run. */
  readonly #threads: Thread[] = [];
  /** Counters of workers that failed, whose calls still count. */
  readonly #ended: ThreadCounters[] = [];
  readonly #reloads = { success: 0, failure: 0 };
  /** Lateness of the main thread's timer. */
  readonly #lag = new EventLoopLag();
  #lastReload: { readonly at: number; readonly outcome: "success" | "failure" } | undefined;
  #reloadedAt = Date.now();
  #pipelines: PipelineCounters | undefined;
  #workerFailures = 0;
  #phase: "starting" | "serving" | "draining" = "starting";
  #serving: ServingFacts = { stack: "", workers: 0, listeners: [], tls: false, limits: {} };

  constructor(server: Measured) {
    this.#server = server;
  }

  /** Returns the memory for the counters of a worker that starts, in the place of an earlier one with its index. */
  countersOf(worker: number): SharedArrayBuffer {
    const at = this.#threads.findIndex((thread) => thread.worker === worker);
    if (at >= 0) this.#ended.push(this.#threads.splice(at, 1)[0].counters);
    const memory = createCounterMemory();
    this.#threads.push({ worker, counters: new ThreadCounters(memory) });
    return memory;
  }

  /** Returns counters for the calling thread. */
  ownCounters(): ThreadCounters {
    const counters = new ThreadCounters(createCounterMemory());
    this.#threads.push({ worker: undefined, counters });
    return counters;
  }

  /** Adds the counters of a server with pipelines. */
  addPipelines(counters: PipelineCounters): void {
    this.#pipelines = counters;
  }

  onWorkerFailure(): void {
    this.#workerFailures++;
  }

  onReload(outcome: "success" | "failure"): void {
    this.#reloads[outcome]++;
    this.#lastReload = { at: Date.now(), outcome };
    if (outcome === "success") this.#reloadedAt = this.#lastReload.at;
  }

  /** Watches the main thread's event loop until its disposal. */
  watchEventLoop(): Disposable {
    return this.#lag.watch();
  }

  /** Sets the phase of the server, on which /readyz depends. */
  enter(phase: "serving" | "draining", facts?: ServingFacts): void {
    this.#phase = phase;
    if (facts !== undefined) this.#serving = facts;
  }

  /** Sets the limits after a reload. */
  changeLimits(limits: ServingFacts["limits"]): void {
    this.#serving = { ...this.#serving, limits };
  }

  /** The pages: /metrics, the probes, and the status page with its document. */
  pages(): Pages {
    return new Map<string, (request: PageRequest) => Page | Promise<Page>>([
      ["/metrics", async ({ accept }) => {
        const format = formatOf(accept);
        return { status: 200, type: contentTypes[format], body: await this.text(format) };
      }],
      // The main thread answers, so it is alive. It replaces workers that hang.
      ["/healthz", () => probe(undefined)],
      ["/readyz", () => probe(this.#obstacle)],
      ["/", statusPage],
      ["/status.json", () => ({
        status: 200,
        type: "application/json",
        body: JSON.stringify(this.status()),
      })],
    ]);
  }

  /** Writes all metrics. */
  text(format: ExpositionFormat): Promise<string> {
    const { version, provider, keys, certificates, revocationLists } = this.#server;
    const running = this.#threads.map(({ counters }) => counters.read());
    const all = [...running, ...this.#ended.map((counters) => counters.read())];
    const text = new Exposition(format);
    text.add("signer_build_info", [[
      1,
      version,
      this.#serving.stack,
      provider.name,
      provider.version,
    ]]);
    addMethods(text, all);
    const signatures = new Map<string, [number, string, string]>();
    for (const { key, algorithm, count } of all.flatMap(({ signatures }) => signatures)) {
      const sample = signatures.get(`${key} ${algorithm}`);
      if (sample !== undefined) sample[0] += count;
      else if (count > 0) signatures.set(`${key} ${algorithm}`, [count, key, algorithm]);
    }
    text.add("signer_signatures_total", signatures.values());
    addConnections(text, running, all);
    const hits = [...sumLimits(all)].map(([limit, count]) => [count, limit] as const);
    text.add("signer_limit_hits_total", hits);
    if (this.#pipelines) addPipelines(text, this.#pipelines);
    text.add("signer_workers", [[this.#serving.workers]]);
    text.add("signer_worker_failures_total", [[this.#workerFailures]]);
    const threads = this.#threadFigures();
    text.add(
      "signer_thread_cpu_seconds_total",
      threads.flatMap(({ name, cpuSeconds }) =>
        cpuSeconds === undefined ? [] : [[cpuSeconds, name] as const]
      ),
    );
    text.add(
      "signer_event_loop_lag_seconds",
      threads.map(({ name, lagSeconds }) => [lagSeconds, name] as const),
    );
    const dropped = all.reduce((sum, { droppedLines }) => sum + droppedLines, droppedLogLines());
    text.add("signer_log_lines_dropped_total", [[dropped]]);
    text.add("signer_keys", [[keys.current.size]]);
    text.add("signer_reloads_total", [
      [this.#reloads.success, "success"],
      [this.#reloads.failure, "failure"],
    ]);
    text.add("signer_last_reload_successful", [[this.#lastReload?.outcome === "failure" ? 0 : 1]]);
    text.add("signer_last_reload_success_timestamp_seconds", [[this.#reloadedAt / 1_000]]);
    text.add(
      "signer_certificate_expiry_timestamp_seconds",
      distinctCertificates(certificates()).map(({ subject, serial, end }) =>
        [end / 1_000, subject, serial] as const
      ),
    );
    text.add(
      "signer_crl_expiry_timestamp_seconds",
      revocationValidity(revocationLists()).map(({ issuer, end }) =>
        [end / 1_000, issuer] as const
      ),
    );
    text.add("signer_ready", [[this.#obstacle === undefined ? 1 : 0]]);
    addProcess(text);
    return text.text();
  }

  /** The document of the status page. */
  status(): StatusDocument {
    const { version, provider, keys, certificates } = this.#server;
    const running = this.#threads.map(({ counters }) => counters.read());
    const ended = this.#ended.map((counters) => counters.read());
    return describeStatus({
      ...{ version, provider, running, ended },
      ...{ phase: this.#phase, obstacle: this.#obstacle, serving: this.#serving },
      threads: this.#threadFigures(),
      workerFailures: this.#workerFailures,
      keys: keys.current.list(),
      reloads: { ...this.#reloads, last: this.#lastReload },
      certificates: distinctCertificates(certificates()),
    });
  }

  /** The figures of the main thread and of each worker. */
  #threadFigures(): readonly ThreadFigures[] {
    const own = this.#threads.find(({ worker }) => worker === undefined)?.counters.read();
    const main = {
      name: "main",
      cpuSeconds: threadCpuSeconds(Deno.pid),
      lagSeconds: this.#lag.seconds,
      counts: own,
    };
    const workers = this.#threads.filter(({ worker }) => worker !== undefined)
      .map(({ worker, counters }) => {
        const counts = counters.read();
        const cpuSeconds = counts.thread === 0 ? undefined : threadCpuSeconds(counts.thread);
        return { name: `worker-${worker}`, cpuSeconds, lagSeconds: counts.lagSeconds, counts };
      });
    return [main, ...workers];
  }

  /** The reason why the server is not ready; undefined when it is. */
  get #obstacle(): string | undefined {
    if (this.#phase !== "serving") return this.#phase;
    return this.#server.keys.current.canSign ? undefined : "no key can sign now";
  }
}

function probe(obstacle: string | undefined): Page {
  const type = "text/plain; charset=utf-8";
  return { status: obstacle === undefined ? 200 : 503, type, body: `${obstacle ?? "ok"}\n` };
}

function addMethods(text: Exposition, threads: readonly ThreadCounts[]): void {
  const methods = sumMethods(threads);
  text.add(
    "signer_requests_total",
    // OK is there from the start, so that a rate has its first sample.
    methods.flatMap(({ method, statuses }) =>
      statuses.flatMap((count, code) =>
        count > 0 || code === 0 ? [[count, method, statusName(code)] as const] : []
      )
    ),
  );
  text.addHistogram(
    "signer_request_duration_seconds",
    methods.filter(({ times }) => times.some((count) => count > 0))
      .map(({ method, times, seconds, exemplars }) => ({
        values: [method],
        ...{ times, seconds, exemplars },
      })),
  );
  text.addHistogram(
    "signer_queue_duration_seconds",
    methods.filter(({ waits }) => waits.some((count) => count > 0))
      .map(({ method, waits, waitSeconds }) => ({
        values: [method],
        times: waits,
        seconds: waitSeconds,
      })),
  );
}

function addConnections(
  text: Exposition,
  running: readonly ThreadCounts[],
  all: readonly ThreadCounts[],
): void {
  const sum = (
    threads: readonly ThreadCounts[],
    value: (one: ThreadCounts["connections"][number]) => number,
  ) => {
    const sums = new Map<string, number>();
    for (const one of threads.flatMap(({ connections }) => connections)) {
      sums.set(one.transport, (sums.get(one.transport) ?? 0) + value(one));
    }
    return [...sums].map(([transport, count]) => [count, transport] as const);
  };
  text.add("signer_accepted_connections_total", sum(all, ({ opened }) => opened));
  // Connections of a worker that failed are closed.
  text.add("signer_connections", sum(running, ({ opened, closed }) => opened - closed));
  text.add("signer_streams", sum(running, ({ streams }) => streams));
  text.add("signer_received_bytes_total", sum(all, ({ received }) => received));
  text.add("signer_sent_bytes_total", sum(all, ({ sent }) => sent));
}

function addPipelines(text: Exposition, counters: PipelineCounters): void {
  const { durations, nodes, audioBytes, errors, running, waiting, streams } = counters.read();
  text.addHistogram("signer_pipeline_duration_seconds", [{ values: [], ...durations }]);
  text.addHistogram(
    "signer_node_execution_duration_seconds",
    nodes.filter(({ executions }) => executions > 0)
      .map(({ type, durations }) => ({ values: [type], ...durations })),
  );
  text.add("signer_audio_bytes_processed_total", [[audioBytes]]);
  text.add("signer_pipeline_errors_total", errors.map(({ kind, count }) => [count, kind] as const));
  text.add("signer_pipeline_executions", [
    [running, "running"],
    [waiting, "waiting"],
    [streams, "streaming"],
  ]);
}

/** Adds the metrics that Prometheus's client libraries have in common, where there is /proc. */
function addProcess(text: Exposition): void {
  text.add("process_start_time_seconds", [[performance.timeOrigin / 1_000]]);
  const { cpuSeconds, residentBytes, virtualBytes, openFds, maxFds } = processFigures();
  const sample = (value: number | undefined) => value === undefined ? [] : [[value] as const];
  text.add("process_cpu_seconds_total", sample(cpuSeconds));
  text.add("process_resident_memory_bytes", sample(residentBytes));
  text.add("process_virtual_memory_bytes", sample(virtualBytes));
  text.add("process_open_fds", sample(openFds));
  text.add("process_max_fds", sample(maxFds));
}
