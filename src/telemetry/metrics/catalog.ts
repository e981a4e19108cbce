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
  signer_queue_duration_seconds: {
    type: "histogram",
    help: "Time for which work of calls waited in the queue. Work that runs at once is not in it.",
    labels: ["method"],
  },
  signer_signatures_total: {
    type: "counter",
    help: "Signatures made, by key and algorithm.",
    labels: ["key", "algorithm"],
  },
  signer_accepted_connections_total: {
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
  signer_received_bytes_total: {
    type: "counter",
    help: "Bytes of HTTP/2 received, by transport, without the overhead of TLS.",
    labels: ["transport"],
  },
  signer_sent_bytes_total: {
    type: "counter",
    help: "Bytes of HTTP/2 sent, by transport, without the overhead of TLS.",
    labels: ["transport"],
  },
  signer_limit_hits_total: {
    type: "counter",
    help: "Calls and connections that were refused, ended or closed by a limit, by its name.",
    labels: ["limit"],
  },
  signer_pipeline_duration_seconds: {
    type: "histogram",
    help: "Time of pipelines that succeeded; of a stream, the sum of its chunks.",
    labels: [],
  },
  signer_node_execution_duration_seconds: {
    type: "histogram",
    help: "Time of the nodes of pipelines that succeeded, by type.",
    labels: ["type"],
  },
  signer_audio_bytes_processed_total: {
    type: "counter",
    help:
      "Bytes of samples in the inputs of pipelines that succeeded, and as decoded from WAV files.",
    labels: [],
  },
  signer_pipeline_errors_total: {
    type: "counter",
    help: "Pipelines that failed, by the kind of error.",
    labels: ["kind"],
  },
  signer_pipeline_executions: {
    type: "gauge",
    help: "Pipelines that run, that wait for a place, and open streams.",
    labels: ["state"],
  },
  signer_workers: { type: "gauge", help: "Serving threads besides the main thread.", labels: [] },
  signer_worker_failures_total: {
    type: "counter",
    help: "Workers that failed and were replaced.",
    labels: [],
  },
  signer_thread_cpu_seconds_total: {
    type: "counter",
    help: "CPU time of each serving thread, and of the main thread. A rate of 1 is a busy thread.",
    labels: ["thread"],
  },
  signer_event_loop_lag_seconds: {
    type: "gauge",
    help: "The longest lateness of a timer of one second, of the last 16, by thread.",
    labels: ["thread"],
  },
  signer_log_lines_dropped_total: {
    type: "counter",
    help: "Lines of the log that were dropped, because standard error was not read.",
    labels: [],
  },
  signer_keys: { type: "gauge", help: "Private keys that are served.", labels: [] },
  signer_reloads_total: {
    type: "counter",
    help: "Reloads of keys, certificates, tokens and rules, by outcome.",
    labels: ["outcome"],
  },
  signer_last_reload_successful: {
    type: "gauge",
    help: "1 if the last reload has succeeded, or there was none, else 0.",
    labels: [],
  },
  signer_last_reload_success_timestamp_seconds: {
    type: "gauge",
    help: "Time of the last reload that succeeded, or else of the start, in seconds since 1970.",
    labels: [],
  },
  signer_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    help: "End of validity of each TLS certificate in use, in seconds since 1970.",
    labels: ["subject", "serial"],
  },
  signer_crl_expiry_timestamp_seconds: {
    type: "gauge",
    help: "Time from which the revocation lists of an issuer are refused, in seconds since 1970.",
    labels: ["issuer"],
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
  process_max_fds: { type: "gauge", help: "Limit of open file descriptors.", labels: [] },
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;
