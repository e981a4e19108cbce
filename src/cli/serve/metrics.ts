/** The metrics of a server, and the probes of its health. @module */
import type { CryptoProvider, KeyRing } from "../../crypto/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { statusName } from "../../grpc/mod.ts";
import {
  contentTypes,
  createCounterMemory,
  Exposition,
  type ExpositionFormat,
  formatOf,
  ThreadCounters,
  type ThreadCounts,
} from "../../telemetry/metrics/mod.ts";
import { validityEnds } from "./expiry.ts";
import type { Page, PageRequest, Pages } from "./http.ts";

/** USER_HZ, the unit of CPU times in /proc: 100 on every architecture of Deno (proc(5)). */
const TICKS_PER_SECOND = 100;

/** The parts of a server that metrics describe. */
export interface Measured {
  readonly version: string;
  readonly provider: Pick<CryptoProvider, "name" | "version">;
  readonly keys: KeyRing;
  /** Returns the certificates in use, in PEM. */
  readonly certificates: () => readonly Uint8Array[];
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
  #workerFailures = 0;
  #phase: "starting" | "serving" | "draining" = "starting";
  #stack = "";
  #workers = 0;

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

  onWorkerFailure(): void {
    this.#workerFailures++;
  }

  onReload(outcome: "success" | "failure"): void {
    this.#reloads[outcome]++;
  }

  /** Sets the phase of the server, on which /readyz depends. */
  enter(phase: "serving" | "draining", server?: { stack: string; workers: number }): void {
    this.#phase = phase;
    if (server === undefined) return;
    this.#stack = server.stack;
    this.#workers = server.workers;
  }

  /** The pages: /metrics, /healthz and /readyz. */
  pages(): Pages {
    return new Map<string, (request: PageRequest) => Page>([
      ["/metrics", ({ accept }) => {
        const format = formatOf(accept);
        return { status: 200, type: contentTypes[format], body: this.text(format) };
      }],
      // The main thread answers, so it is alive. It replaces workers that hang.
      ["/healthz", () => probe(undefined)],
      ["/readyz", () => probe(this.#obstacle)],
    ]);
  }

  /** Writes all metrics. */
  text(format: ExpositionFormat): string {
    const { version, provider, keys, certificates } = this.#server;
    const running = this.#threads.map(({ counters }) => counters.read());
    const all = [...running, ...this.#ended.map((counters) => counters.read())];
    const text = new Exposition(format);
    text.add("signer_build_info", [[1, version, this.#stack, provider.name, provider.version]]);
    addMethods(text, all);
    const signatures = new Map<string, [number, string, string]>();
    for (const { key, algorithm, count } of all.flatMap(({ signatures }) => signatures)) {
      const sample = signatures.get(`${key} ${algorithm}`);
      if (sample !== undefined) sample[0] += count;
      else if (count > 0) signatures.set(`${key} ${algorithm}`, [count, key, algorithm]);
    }
    text.add("signer_signatures_total", signatures.values());
    addConnections(text, running, all);
    text.add("signer_workers", [[this.#workers]]);
    text.add("signer_worker_failures_total", [[this.#workerFailures]]);
    text.add("signer_keys", [[keys.current.size]]);
    text.add("signer_reloads_total", [
      [this.#reloads.success, "success"],
      [this.#reloads.failure, "failure"],
    ]);
    // A certificate that is in two files is one series.
    const ends = new Map(
      validityEnds(certificates()).map((one) => [
        `${one.subject} ${one.serial}`,
        one,
      ]),
    );
    text.add(
      "signer_certificate_expiry_timestamp_seconds",
      [...ends.values()].map(({ subject, serial, end }) => [end / 1_000, subject, serial] as const),
    );
    text.add("signer_ready", [[this.#obstacle === undefined ? 1 : 0]]);
    addProcess(text);
    return text.toString();
  }

  /** The reason why the server is not ready; undefined when it is. */
  get #obstacle(): string | undefined {
    if (this.#phase !== "serving") return this.#phase;
    return this.#server.keys.current.size === 0 ? "no keys" : undefined;
  }
}

function probe(obstacle: string | undefined): Page {
  const type = "text/plain; charset=utf-8";
  return { status: obstacle === undefined ? 200 : 503, type, body: `${obstacle ?? "ok"}\n` };
}

function addMethods(text: Exposition, threads: readonly ThreadCounts[]): void {
  const methods = new Map<string, { statuses: number[]; times: number[]; seconds: number }>();
  for (const { method, statuses, times, seconds } of threads.flatMap(({ methods }) => methods)) {
    const sum = methods.get(method);
    methods.set(method, {
      statuses: statuses.map((count, index) => count + (sum?.statuses[index] ?? 0)),
      times: times.map((count, index) => count + (sum?.times[index] ?? 0)),
      seconds: seconds + (sum?.seconds ?? 0),
    });
  }
  text.add(
    "signer_requests_total",
    // OK is there from the start, so that a rate has its first sample.
    [...methods].flatMap(([method, { statuses }]) =>
      statuses.flatMap((count, code) =>
        count > 0 || code === 0 ? [[count, method, statusName(code)] as const] : []
      )
    ),
  );
  text.addHistogram(
    "signer_request_duration_seconds",
    [...methods].filter(([, { times }]) => times.some((count) => count > 0))
      .map(([method, { times, seconds }]) => ({ values: [method], times, seconds })),
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
  text.add("signer_connections_total", sum(all, ({ opened }) => opened));
  // Connections of a worker that failed are closed.
  text.add("signer_connections", sum(running, ({ opened, closed }) => opened - closed));
  text.add("signer_streams", sum(running, ({ streams }) => streams));
}

/** Adds the metrics that Prometheus's client libraries have in common, where there is /proc. */
function addProcess(text: Exposition): void {
  text.add("process_start_time_seconds", [[performance.timeOrigin / 1_000]]);
  const stat = libc.readSmallFile("/proc/self/stat");
  const status = libc.readSmallFile("/proc/self/status");
  const descriptors = libc.countEntries("/proc/self/fd");
  const sample = (value: number | undefined) => value === undefined ? [] : [[value] as const];
  const bytes = (field: string) => {
    const kib = status && new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  };
  const ticks = stat === undefined
    ? undefined
    : libc.statField(stat, 14) + libc.statField(stat, 15);
  text.add("process_cpu_seconds_total", sample(ticks && ticks / TICKS_PER_SECOND));
  text.add("process_resident_memory_bytes", sample(bytes("VmRSS")));
  text.add("process_virtual_memory_bytes", sample(bytes("VmSize")));
  text.add("process_open_fds", sample(descriptors));
}
