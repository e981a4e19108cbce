/** All metrics of a server. `docs/metrics.md` lists the same, and a test compares them. @module */

/** A metric: its name without the suffix of its samples, its type, and its meaning. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Names of its labels. */
  readonly labels: readonly string[];
}

/** The metrics by name. Counters end in `_total`, as Prometheus's text format writes them. */
export const metrics = {
  signer_build_info: {
    type: "gauge",
    help: "1, with the version of signer, the gRPC stack and the cryptography library as labels.",
    labels: ["version", "stack", "provider", "provider_version"],
  },
  signer_requests_total: {
    type: "counter",
    help: "Calls that have ended, by method and gRPC status.",
    labels: ["method", "status"],
  },
  signer_request_duration_seconds: {
    type: "histogram",
    help: "Processing time of unary calls that succeeded, without the wait in the queue.",
    labels: ["method"],
  },
  signer_signatures_total: {
    type: "counter",
    help: "Signatures made, by key and algorithm.",
    labels: ["key", "algorithm"],
  },
  signer_connections_total: {
    type: "counter",
    help: "Connections accepted, by transport.",
    labels: ["transport"],
  },
  signer_connections: {
    type: "gauge",
    help: "Open connections, by transport.",
    labels: ["transport"],
  },
  signer_streams: {
    type: "gauge",
    help: "Open HTTP/2 streams, by transport, counted once a second.",
    labels: ["transport"],
  },
  signer_workers: { type: "gauge", help: "Serving threads besides the main thread.", labels: [] },
  signer_worker_failures_total: {
    type: "counter",
    help: "Workers that failed and were replaced.",
    labels: [],
  },
  signer_keys: { type: "gauge", help: "Private keys that are served.", labels: [] },
  signer_reloads_total: {
    type: "counter",
    help: "Reloads of keys, certificates, tokens and rules, by outcome.",
    labels: ["outcome"],
  },
  signer_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    help: "End of validity of each TLS certificate in use, in seconds since 1970.",
    labels: ["subject", "serial"],
  },
  signer_ready: { type: "gauge", help: "1 while /readyz answers 200, else 0.", labels: [] },
  process_start_time_seconds: {
    type: "gauge",
    help: "Start of the process, in seconds since 1970.",
    labels: [],
  },
  process_cpu_seconds_total: {
    type: "counter",
    help: "CPU time of all threads, user and system.",
    labels: [],
  },
  process_resident_memory_bytes: { type: "gauge", help: "Resident memory.", labels: [] },
  process_virtual_memory_bytes: { type: "gauge", help: "Virtual memory.", labels: [] },
  process_open_fds: { type: "gauge", help: "Open file descriptors.", labels: [] },
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;
