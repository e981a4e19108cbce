/**
 * Measures pipelines, in one run:
 *
 *   deno task bench:pipelines [--seconds 3] [--turns 5] [--workers 1]
 *
 * the latency and the CPU time of resampling 1 s and 10 s of audio by gRPC, by turns with those of this process; the
 * memory of executions at once; 1,000 connections; the time in which cancelled executions end; and the rate of signatures
 * beside pipelines at half of their highest rate, between two turns of the rate alone.
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
import { onLoopback, root, serve } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    turns: { type: "string", default: "5" },
    workers: { type: "string", default: "1" },
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

/** Executions of a measurement, and those before it. */
const EXECUTIONS = 100;
const WARM_UP = 30;

/** A pipeline, as a file and as a message. */
function manifestOf(nodes: readonly Readonly<Record<string, number>>[]) {
  const ids = nodes.map((_, index) => `n${index}`);
  const rest = {
    version: 1,
    connections: ids.slice(1).map((to, index) => ({ from: ids[index]!, to })),
    inputs: ["n0"],
    outputs: [ids.at(-1)!],
  };
  const node = { type: "resample" };
  const file = nodes.map((parameters, index) => ({ ...node, id: ids[index]!, parameters }));
  const wire = file.map(({ id, type, parameters }) => {
    return { id, type, parametersJson: JSON.stringify(parameters) };
  });
  return { file: { ...rest, nodes: file }, wire: { ...rest, nodes: wire } };
}

function noise(audioSeconds: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: 44_100 * audioSeconds }, () => Math.random() * 20_000);
}

function open(channel: RpcChannel, manifest: object, samples: Int16Array<ArrayBuffer>) {
  const audio = {
    samples: new Uint8Array(samples.buffer),
    sampleRate: 44_100,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  };
  return channel.call<object, ExecutePipelineResponse>(
    pipelineDefinition.ExecutePipeline as AnyMethod,
    [{ manifest, inputs: [{ name: "n0", audio }] }],
  );
}

/** Milliseconds of resampling by gRPC and in this process, by turns, so that other work falls on both. */
async function latencies(address: string, audioSeconds: number) {
  const { file, wire } = manifestOf([{ sample_rate: 16_000 }]);
  const plan = planOf(readManifest(file), createRegistry());
  const samples = noise(audioSeconds);
  const value = { kind: "audio", audio: { samples, sampleRate: 44_100, channels: 1 } } as const;
  using channel = openNativeChannel({ addresses: [address] });
  const remote: number[] = [];
  const local: number[] = [];
  for (let i = 0; i < WARM_UP + EXECUTIONS; i++) {
    const began = performance.now();
    for await (const _ of open(channel, wire, samples).responses);
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

/** Milliseconds from the cancellation of executions until the thread of pipelines sleeps. */
async function cancelledMs(address: string, pid: number): Promise<number> {
  const { wire } = manifestOf(
    Array.from({ length: 20 }, (_, i) => ({ sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 })),
  );
  using channel = openNativeChannel({ addresses: [address] });
  const samples = noise(20);
  const calls = Array.from({ length: 11 }, () => {
    const manifest = { ...wire, limits: { timeMs: 30_000 } };
    return open(channel, manifest, samples).responses[Symbol.asyncIterator]();
  });
  const ends = Promise.allSettled(calls.map((call) => call.next()));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const began = performance.now();
  for (const call of calls) await call.return?.();
  await ends;
  // Executions would take 30 s.
  for (let asleep = 0; asleep < 20 && performance.now() - began < 60_000;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    asleep = pipelinesSleep(pid) ? asleep + 1 : 0;
  }
  return performance.now() - began - 20;
}

/** Tells whether the threads of low priority sleep: proc(5), `/proc/PID/task/TID/stat`. */
function pipelinesSleep(pid: number): boolean {
  return Array.from(Deno.readDirSync(`/proc/${pid}/task`)).every(({ name }) => {
    const stat = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[16] !== "10" || fields[0] === "S";
  });
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

const keys = ["--generate", "ecdsa-p256", "--pipelines", "--workers", options.workers];
const { child, addresses: [address] } = await serve(root, [...onLoopback, ...keys]);
try {
  // Loads the libraries, and has nothing to free.
  await bench(address!, "pipeline", "--audio", "0s", "-n", "10", "-c", "1");
  const idle = residentMb(child.pid);
  for (const [atOnce, audio] of [[1, "1s"], [8, "1s"], [8, "10s"]] as const) {
    const load = bench(
      ...[address!, "pipeline", "--audio", audio, "-c", `${atOnce}`, "-z", seconds] as const,
    );
    const more = await peakMb(child.pid, load) - idle;
    line(
      `memory over idle with ${atOnce} of ${audio} at once; each`,
      `${more.toFixed(0)} MB; ${(more / atOnce).toFixed(1)} MB`,
    );
  }
  for (const length of [1, 10]) {
    const before = await usage(address!, child.pid);
    const report = await bench(
      address!,
      "pipeline",
      "--audio",
      `${length}s`,
      "-c",
      "1",
      "-z",
      seconds,
    );
    const after = await usage(address!, child.pid);
    const figures = [quantileMs(report, 50), quantileMs(report, 95)];
    line(
      `resample ${length} s by signer bench: p50, p95`,
      figures.map((ms) => `${ms.toFixed(2)} ms`).join(", "),
    );
    const { remote, local } = await latencies(address!, length);
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
  const many = await bench(
    ...[
      address!,
      "pipeline",
      "--connections",
      "1000",
      "-c",
      "1000",
      "-n",
      "3000",
      "--deadline",
      "120s",
    ] as const,
  );
  line("1,000 connections: calls by status", JSON.stringify(many.statusCodeDistribution));
  const cancelled = await cancelledMs(address!, child.pid);
  line("8 cancelled executions, and 3 that wait, end within", `${cancelled.toFixed(0)} ms`);
  const full = await bench(address!, "pipeline", "-c", "8", "-z", seconds);
  line("pipelines a second", full.rps.toFixed(0));
  const half = `${(full.rps / 2).toFixed(0)}`;
  const ratios: number[] = [];
  for (let turn = 0; turn < Number(options.turns); turn++) {
    const sign = () => bench(address!, "sign", "-c", "32", "--connections", "4", "-z", seconds);
    const alone = await sign();
    const pipelines = bench(
      ...[address!, "pipeline", "-r", half, "-z", `${Number(options.seconds) + 4}s`] as const,
    );
    // The pipelines are under way when the signatures are counted.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const beside = await sign();
    const { rps } = await pipelines;
    const after = await sign();
    const ratio = 2 * beside.rps / (alone.rps + after.rps);
    ratios.push(ratio);
    line(
      `signatures a second alone, beside ${rps.toFixed(0)} pipelines a second, alone; ratio`,
      [alone, beside, after].map(({ rps }) => rps.toFixed(0)).join(", ") + `; ${ratio.toFixed(2)}`,
    );
  }
  line("median ratio", quantile(sorted(ratios), 0.5).toFixed(2));
} finally {
  child.kill("SIGTERM");
  await child.status;
}
