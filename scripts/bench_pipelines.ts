/**
 * Measures pipelines, in one run:
 *
 *   deno task bench:pipelines [--seconds 3] [--turns 5] [--workers 1] [--cancellations 50] [--starts 5] [--part latency] [--tree FOLDER]
 *
 * - memory: of executions at once, over that of the idle server;
 * - latency: and CPU time of resampling 1 s and 10 s of audio by gRPC, by turns with those of this process;
 * - connections: 3,000 executions over 1,000 connections;
 * - cancellation: the time in which the executions of a client that leaves end;
 * - cold: the same for the first executions of servers that have just become ready;
 * - signatures: their rate beside pipelines at half of the pipelines' highest rate, between turns of the rate alone.
 *
 * `--part` names one of them; `--tree` serves from other sources, such as an older commit. Needs Linux, and for the
 * signatures h2load (Debian: nghttp2-client).
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  type ExecutePipelineResponse,
  type GetMetricsResponse,
  pipelineDefinition,
} from "../src/api/mod.ts";
import { readReport, type Report } from "../src/bench/mod.ts";
import { libc } from "../src/ffi/mod.ts";
import type { AnyMethod, RpcChannel } from "../src/grpc/mod.ts";
import { openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { createRegistry, execute, planOf, readManifest } from "../src/pipeline/mod.ts";
import { cancellations, coldCancellations, type Server } from "./bench_pipelines/cancellation.ts";
import { executeRequest, manifestFile, noise, SAMPLE_RATE } from "./bench_pipelines/request.ts";
import { signaturesBesidePipelines } from "./bench_pipelines/signatures.ts";
import { onLoopback, root, serve } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    turns: { type: "string", default: "5" },
    workers: { type: "string", default: "1" },
    cancellations: { type: "string", default: "50" },
    starts: { type: "string", default: "5" },
    part: { type: "string", default: "" },
    tree: { type: "string", default: root },
  },
});

const seconds = `${options.seconds}s`;

/** Runs `signer bench` against the server, and returns its report. */
async function bench(address: string, ...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-P", "--config", join(root, "deno.json"), join(root, "main.ts")],
      ...["bench", ...args, "--to", address, "-O", "json", "--warmup", "1s"],
    ],
  }).output();
  // Exit code 1: calls failed, which the report has.
  if (code > 1) throw new Error(new TextDecoder().decode(stderr));
  return readReport(new TextDecoder().decode(stdout), "the report");
}

function quantileMs({ latencyDistribution }: Report, percent: number): number {
  return latencyDistribution.find(({ percentage }) => percentage === percent)!.latency / 1e6;
}

/** 44.1 kHz to the rate of speech recognition. */
const RESAMPLE = [{ sample_rate: 16_000 }];

/** Executions of a measurement, and those before it. */
const EXECUTIONS = 100;
const WARM_UP = 30;

function open(channel: RpcChannel, request: object) {
  const method = pipelineDefinition.ExecutePipeline as AnyMethod;
  return channel.call<object, ExecutePipelineResponse>(method, [request]);
}

/** Milliseconds of resampling by gRPC and in this process, by turns, so that other work falls on both. */
async function latencies(address: string, audioSeconds: number) {
  const plan = planOf(readManifest(manifestFile(RESAMPLE)), createRegistry());
  const samples = noise(audioSeconds);
  const request = executeRequest(RESAMPLE, samples);
  const audio = { samples, sampleRate: SAMPLE_RATE, channels: 1 };
  const value = { kind: "audio", audio } as const;
  using channel = openNativeChannel({ addresses: [address] });
  const remote: number[] = [];
  const local: number[] = [];
  for (let i = 0; i < WARM_UP + EXECUTIONS; i++) {
    const began = performance.now();
    for await (const _ of open(channel, request).responses);
    const between = performance.now();
    await execute(plan, new Map([["n0", value]]));
    if (i < WARM_UP) continue;
    remote.push(between - began);
    local.push(performance.now() - between);
  }
  return { remote: sorted(remote), local: sorted(local) };
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

/** The value under which a share of sorted values is. */
function quantile(values: readonly number[], share: number): number {
  return values[Math.floor(share * values.length)]!;
}

/** The CPU time of the server, and the counters of its pipelines. */
async function usage(address: string, pid: number) {
  using channel = openNativeChannel({ addresses: [address] });
  const call = channel.call<object, GetMetricsResponse>(
    pipelineDefinition.GetMetrics as AnyMethod,
    [
      {},
    ],
  );
  for await (const { executions, cpuUs } of call.responses) {
    return {
      serverMs: libc.processCpuSeconds(pid)! * 1_000,
      executions,
      executionMs: cpuUs / 1_000,
    };
  }
  throw new Error("GetMetrics gave no response");
}

function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_000;
}

/** The highest resident memory while a load runs. */
async function peakMb(pid: number, load: Promise<unknown>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => peak = Math.max(peak, residentMb(pid)), 20);
  try {
    await load;
    return peak;
  } finally {
    clearInterval(timer);
  }
}

function line(name: string, figure: string): void {
  console.log(`${name.padEnd(64)}${figure}`);
}

/** Memory of executions at once. */
async function memory(address: string, pid: number): Promise<void> {
  // Loads the libraries, and has nothing to free.
  await bench(address, "pipeline", "--audio", "0s", "-n", "10", "-c", "1");
  const idle = residentMb(pid);
  for (const [atOnce, audio] of [[1, "1s"], [8, "1s"], [8, "10s"]] as const) {
    const load = bench(address, "pipeline", "--audio", audio, "-c", `${atOnce}`, "-z", seconds);
    const more = await peakMb(pid, load) - idle;
    line(
      `memory over idle with ${atOnce} of ${audio} at once; each`,
      `${more.toFixed(0)} MB; ${(more / atOnce).toFixed(1)} MB`,
    );
  }
}

/** Latency and CPU time of 1 s and 10 s of audio. */
async function latency(address: string, pid: number): Promise<void> {
  for (const length of [1, 10]) {
    const before = await usage(address, pid);
    const load = ["--audio", `${length}s`, "-c", "1", "-z", seconds];
    const report = await bench(address, "pipeline", ...load);
    const after = await usage(address, pid);
    const figures = [quantileMs(report, 50), quantileMs(report, 95)];
    line(
      `resample ${length} s by signer bench: p50, p95`,
      figures.map((ms) => `${ms.toFixed(2)} ms`).join(", "),
    );
    const { remote, local } = await latencies(address, length);
    for (const share of [0.5, 0.95]) {
      const [by, without] = [quantile(remote, share), quantile(local, share)];
      line(
        `  p${100 * share} by turns: by gRPC, local; over local`,
        `${by.toFixed(2)} ms, ${without.toFixed(2)} ms; ${(100 * (by / without - 1)).toFixed(0)} %`,
      );
    }
    const executions = after.executions - before.executions;
    const perExecution = (ms: "serverMs" | "executionMs") =>
      ((after[ms] - before[ms]) / executions).toFixed(2);
    line(
      "  CPU time an execution: of its nodes, of the server",
      `${perExecution("executionMs")} ms, ${perExecution("serverMs")} ms`,
    );
  }
}

async function connections(address: string): Promise<void> {
  const load = ["--connections", "1000", "-c", "1000", "-n", "3000", "--deadline", "120s"];
  const { statusCodeDistribution } = await bench(address, "pipeline", ...load);
  line("1,000 connections: calls by status", JSON.stringify(statusCodeDistribution));
}

async function signatures(address: string, pid: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "signer-pipelines-" });
  try {
    await signaturesBesidePipelines(address, pid, executeRequest(RESAMPLE, noise(1)), {
      folder,
      seconds: Number(options.seconds),
      turns: Number(options.turns),
    }, line);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The parts of the benchmark, in their order. */
const parts: Readonly<Record<string, (address: string, pid: number) => Promise<void>>> = {
  memory,
  latency,
  connections,
  cancellation: (address, pid) =>
    cancellations({ address, pid }, Number(options.cancellations), line),
  cold: () => coldCancellations(withServer, Number(options.starts), line),
  signatures,
};

if (options.part !== "" && !Object.hasOwn(parts, options.part)) {
  throw new Error(`There is no part ${options.part}: there are ${Object.keys(parts).join(", ")}`);
}
/** Serves from the tree while the server is used. */
async function withServer<T>(use: (server: Server) => Promise<T>): Promise<T> {
  const keys = ["--generate", "ecdsa-p256", "--pipelines", "--workers", options.workers];
  const { child, addresses: [address] } = await serve(options.tree, [...onLoopback, ...keys]);
  try {
    return await use({ address: address!, pid: child.pid });
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

await withServer(async ({ address, pid }) => {
  for (const [name, measure] of Object.entries(parts)) {
    if (options.part === "" || options.part === name) await measure(address, pid);
  }
});
