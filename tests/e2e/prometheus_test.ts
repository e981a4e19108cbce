/** A real Prometheus scrapes `serve --metrics`, and runs the queries of the dashboard and of the alerts. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { freePorts } from "../_support/free_ports.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { SignerProcess, TlsFiles, call, echo, Metadata, openChannel, signing }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../_support/tls_files.ts"),
  }),
);
const testPrometheus = peerTest(test, "prometheus");
const testPromtool = peerTest(test, "promtool");

const deploy = new URL("../../deploy/", import.meta.url);
const alerts = fileURLToPath(new URL("prometheus/alerts.yaml", deploy));

/** Queries that have no sample on a server in good order. */
const emptyQueries = /status!="OK"|limit_hits|queue_duration/;

/** The queries of the dashboard, as Grafana would send them for all instances. */
function dashboardQueries(): string[] {
  const dashboard = JSON.parse(Deno.readTextFileSync(new URL("grafana/signer.json", deploy)));
  const queries = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr)
  );
  assert.ok(queries.length > 20);
  return queries.map((query: string) =>
    query.replaceAll("$__rate_interval", "20s").replaceAll("$instance", ".*")
  );
}

/** Calls `look` until it returns a value, for at most 60 s. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${what}: not within 60 s`);
}

testPromtool("`promtool check rules` takes the alerts", async (promtool) => {
  const { code, stdout, stderr } = await run(promtool, "check", "rules", alerts);
  assert.equal(code, 0, stdout + stderr);
});

/** For each alert a series that it fires for. */
const fired: Record<string, readonly [series: string, values: string]> = {
  SignerDown: ['up{job="signer"}', "0x60"],
  SignerNotReady: ["signer_ready", "0x60"],
  SignerFaults: ['signer_requests_total{method="/m",status="INTERNAL"}', "0+1x60"],
  SignerErrors: ['signer_requests_total{method="/m",status="NOT_FOUND"}', "0+1x60"],
  SignerQueueing: ['signer_queue_duration_seconds_bucket{le="0.5"}', "0+1x60"],
  SignerThreadBusy: ['signer_thread_cpu_seconds_total{thread="main"}', "0+60x60"],
  SignerEventLoopLag: ['signer_event_loop_lag_seconds{thread="main"}', "2x60"],
  SignerOverload: ['signer_limit_hits_total{limit="maxQueuedCalls"}', "0+1x60"],
  SignerWorkerFailed: ["signer_worker_failures_total", "0x30 1x30"],
  SignerRestarts: ['process_start_time_seconds{job="signer"}', "1+60x60"],
  SignerReloadFailed: ["signer_last_reload_successful", "0x60"],
  SignerCertificateExpires: ['signer_certificate_expiry_timestamp_seconds{subject="CN=a"}', "9x90"],
  SignerRevocationListExpires: ['signer_crl_expiry_timestamp_seconds{issuer="CN=a"}', "9x90"],
  SignerDescriptors: ['process_open_fds{job="signer"}', "9x60"],
  SignerLogLinesDropped: ["signer_log_lines_dropped_total", "0+1x60"],
};

testPromtool("each alert fires for its series", async (promtool) => {
  const folder = Deno.makeTempDirSync();
  try {
    const seriesOf = (series: string, values: string) => ({ series, values });
    const tests = Object.entries(fired).map(([alertname, [series, values]]) => ({
      interval: "1m",
      name: alertname,
      input_series: [
        seriesOf(series, values),
        ...(alertname === "SignerDescriptors"
          ? [seriesOf('process_max_fds{job="signer"}', "10x60")]
          : []),
        ...(alertname === "SignerQueueing"
          ? [seriesOf('signer_queue_duration_seconds_bucket{le="+Inf"}', "0+1x60")]
          : []),
      ],
      promql_expr_test: [{
        expr: `count(ALERTS{alertname="${alertname}",alertstate="firing"})`,
        eval_time: alertname === "SignerCertificateExpires" ? "80m" : "40m",
        exp_samples: [{ labels: "{}", value: 1 }],
      }],
    }));
    const file = `${folder}/tests.json`;
    Deno.writeTextFileSync(
      file,
      JSON.stringify({ rule_files: [alerts], evaluation_interval: "1m", tests }),
    );
    const named = [...Deno.readTextFileSync(alerts).matchAll(/alert: (\w+)/g)].map(([, one]) =>
      one
    );
    assert.deepEqual(named, Object.keys(fired));
    const { code, stdout, stderr } = await run(promtool, "test", "rules", file);
    assert.equal(code, 0, stdout + stderr);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

testPrometheus(
  "Prometheus scrapes the metrics, and answers each query of the dashboard and the alerts",
  async (prometheus) => {
    const folder = Deno.makeTempDirSync();
    try {
      await using files = await TlsFiles.create();
      await files.issue("server");
      await using server = await SignerProcess.start(
        ...["--tcp", "127.0.0.1:0", "--unix", `${folder}/socket`, "--generate", "ecdsa-p256"],
        ...["--workers", "2", "--metrics", "127.0.0.1:0"],
        ...files.options("server"),
      );
      const [port] = freePorts(1);
      const [, target] = await server.captured(/Serving metrics.*(127\.0\.0\.1:\d+)/);
      Deno.writeTextFileSync(
        `${folder}/prometheus.yml`,
        JSON.stringify({
          global: { scrape_interval: "1s", evaluation_interval: "1s" },
          rule_files: [alerts],
          scrape_configs: [{ job_name: "signer", static_configs: [{ targets: [target] }] }],
        }),
      );
      await using _prometheus = start(prometheus, [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--enable-feature=exemplar-storage",
      ]);
      const api = async (path: string, parameters: Record<string, string> = {}) => {
        const url = `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`;
        const { status, data, error } = await (await fetch(url)).json();
        assert.equal(status, "success", `${path} ${JSON.stringify(parameters)}: ${error}`);
        return data;
      };
      await eventually("Prometheus scrapes", async () => {
        const { activeTargets } = await api("targets");
        return activeTargets[0]?.health === "up" ? true : undefined;
      });
      const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
      const load = async () => {
        using context = files.ca.clientContext();
        using channel = openChannel({ addresses: server.addresses.slice(0, 1), tls: { context } });
        const metadata = new Metadata([["traceparent", `00-${trace}-00f067aa0ba902b7-01`]]);
        for (let i = 0; i < 20; i++) {
          await call(channel, echo.Echo, { message: "hello" }, { metadata });
          const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };
          await call(channel, signing.Sign, request, { metadata });
        }
      };
      // A rate needs a change between two scrapes.
      const rate = await eventually("a rate of signatures", async () => {
        await load();
        const { result } = await api("query", {
          query: "sum(rate(signer_signatures_total[20s])) > 0",
        });
        return result[0]?.value[1];
      });
      assert.ok(Number(rate) > 0);
      for (const query of dashboardQueries()) {
        const { result } = await api("query", { query });
        assert.ok(result.length > 0 || emptyQueries.test(query), `No sample: ${query}`);
        for (const { value } of result) assert.notEqual(value[1], "", query);
      }
      const { groups } = await api("rules");
      const rules = groups[0].rules as { name: string; health: string; state: string }[];
      await eventually("all alerts are evaluated", async () => {
        const { groups: [{ rules }] } = await api("rules");
        return rules.every(({ health }: { health: string }) => health === "ok") ? true : undefined;
      });
      assert.ok(rules.length > 10);
      const { alerts: firing } = await api("alerts");
      const names = (firing as { state: string; labels: { alertname: string } }[])
        .filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname);
      assert.deepEqual(names, []);
      const exemplars = await api("query_exemplars", {
        query: "signer_request_duration_seconds_bucket",
        start: String(Date.now() / 1_000 - 600),
        end: String(Date.now() / 1_000 + 60),
      });
      const traces = exemplars.flatMap((one: { exemplars: { labels: { trace_id: string } }[] }) =>
        one.exemplars.map(({ labels }) => labels.trace_id)
      );
      assert.ok(traces.includes(trace), JSON.stringify(exemplars));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
);

/** Starts a program, which is ended at its disposal. */
function start(program: string, args: readonly string[]): AsyncDisposable {
  const child = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" })
    .spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}
