/**
 * Measures pipelines, in one run:
 *
 *   deno task bench:pipelines [--seconds 3] [--turns 3]
 *
 * the latency and the CPU time of resampling 1 s and 10 s of audio by gRPC, beside those of this process; the memory of
 * executions at once; 1,000 connections; and the rate of signatures beside pipelines at half of their highest rate, by
 * turns with the rate alone.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type GetMetricsResponse, pipelineDefinition } from "../src/api/mod.ts";
import { readReport, type Report } from "../src/bench/mod.ts";
import { libc } from "../src/ffi/mod.ts";
import type { AnyMethod } from "../src/grpc/mod.ts";
import { openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { createRegistry, execute, planOf, readManifest } from "../src/pipeline/mod.ts";
import { onLoopback, root, serve } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    turns: { type: "string", default: "3" },
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

/** The median milliseconds of resampling in this process. */
async function localMs(audioSeconds: number): Promise<number> {
  const manifest = readManifest({
    version: 1,
    nodes: [{ id: "rate", type: "resample", parameters: { sample_rate: 16_000 } }],
    inputs: ["rate"],
    outputs: ["rate"],
  });
  const plan = planOf(manifest, createRegistry());
  const samples = Int16Array.from({ length: 44_100 * audioSeconds }, () => Math.random() * 20_000);
  const value = { kind: "audio", audio: { samples, sampleRate: 44_100, channels: 1 } } as const;
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    const began = performance.now();
    await execute(plan, new Map([["rate", value]]));
    times.push(performance.now() - began);
  }
  return times.slice(10).toSorted((a, b) => a - b)[25]!;
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
    const local = await localMs(length);
    const [p50, p95] = [quantileMs(report, 50), quantileMs(report, 95)];
    line(
      `resample ${length} s by gRPC: p50, p95; local p50; over local`,
      `${p50.toFixed(2)} ms, ${p95.toFixed(2)} ms; ${local.toFixed(2)} ms; ${
        (100 * (p50 / local - 1)).toFixed(0)
      } %`,
    );
    const executions = after.executions - before.executions;
    const perExecution = (ms: "serverMs" | "executionMs") =>
      ((after[ms] - before[ms]) / executions).toFixed(2);
    line(
      "  CPU time an execution: of its nodes, of the server",
      `${perExecution("executionMs")} ms, ${perExecution("serverMs")} ms`,
    );
  }
  const idle = residentMb(child.pid);
  for (const atOnce of [1, 8]) {
    const load = bench(address!, "pipeline", "-c", `${atOnce}`, "-z", seconds);
    const peak = await peakMb(child.pid, load);
    line(`memory over idle with ${atOnce} at once`, `${(peak - idle).toFixed(0)} MB`);
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
    await pipelines;
    ratios.push(beside.rps / alone.rps);
    line(
      `signatures a second alone, beside ${half} pipelines a second; ratio`,
      `${alone.rps.toFixed(0)}, ${beside.rps.toFixed(0)}; ${(beside.rps / alone.rps).toFixed(2)}`,
    );
  }
  ratios.sort((a, b) => a - b);
  line("median ratio", ratios[ratios.length >> 1]!.toFixed(2));
} finally {
  child.kill("SIGTERM");
  await child.status;
}
