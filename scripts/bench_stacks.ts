/**
 * Measures both stacks in one run, under the load of h2load(1) of Debian's nghttp2-client:
 *
 *   deno task bench:stacks [--seconds 3] [--workers 2] [--json FILE] [--quick] [--memory] [--program dist/signer]
 *
 * - requests per second and the server's CPU time per request, for echo and for Sign with P-256 and RSA-2048, at
 *   several numbers of connections × streams;
 * - latency of requests;
 * - memory with idle connections, and time to connect;
 * - distribution of 8 and 100 connections over the workers.
 *
 * `--memory` measures memory alone, also of a Deno without a program. Memory is read when the server is quiet, which is
 * 35 s after the last connection. `--program` names an executable to measure the memory of, in place of the sources.
 *
 * Before each load one response is verified, and calls that fail under load are counted.
 *
 * The server and h2load share the machine: the CPU time per request is the figure to compare, and `openssl speed`
 * runs beside each server for the same reason. Requests per second of several workers need a machine with more
 * CPUs than workers.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { libc } from "../src/ffi/mod.ts";
import { openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { QUIET_CHECK_MS } from "../src/grpc/native/server/quiet_watch.ts";
import { IdleConnections } from "./bench_stacks/idle.ts";
import {
  EmptyProcess,
  nameOf,
  type Resident,
  ServerProcess,
  type Variant,
} from "./bench_stacks/server.ts";
import { spread } from "./bench_stacks/spread.ts";
import { workloads } from "./bench_stacks/workload.ts";
import { type Call, type Latency, latency, load, type Shape } from "./h2load.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    workers: { type: "string", default: "2" },
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    memory: { type: "boolean", default: false },
    program: { type: "string" },
  },
});
const seconds = Number(options.seconds);

const variants: readonly Variant[] = [
  { stack: "grpc-js", workers: 0 },
  { stack: "native", workers: 0 },
  { stack: "native", workers: 1 },
  { stack: "native", workers: Number(options.workers) },
];

const shapes: readonly Shape[] = options.quick ? [{ connections: 8, streams: 32 }] : [
  { connections: 1, streams: 1 },
  { connections: 8, streams: 1 },
  { connections: 8, streams: 32 },
  { connections: 64, streams: 16 },
];

interface LoadFigure {
  readonly workload: string;
  readonly shape: string;
  readonly variant: string;
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly failed: number;
  readonly latency: Latency;
}

interface IdleFigure {
  readonly variant: string;
  readonly connectMs: number;
  /** Resident megabytes by the number of idle connections. */
  readonly residentMb: Record<string, Resident>;
}

interface SpreadFigure {
  readonly variant: string;
  readonly connections: number;
  /** Connections of each worker, the most first. */
  readonly perWorker: readonly number[];
}

/** The time after which servers have returned memory that they do not need. */
const QUIET_MS = 5_000 + 3 * QUIET_CHECK_MS;

/** The names of the signing workloads in openssl-speed(1ssl). */
const speedNames = { "Sign P-256": "ecdsap256", "Sign RSA-2048": "rsa2048" } as const;

/** Microseconds of CPU time per signature by `openssl speed`, the best of its runs. */
type OpensslFigures = Record<string, number>;

async function opensslMicros(name: string): Promise<number> {
  const args = ["speed", "-mr", "-seconds", "1", name];
  const { stdout } = await new Deno.Command("openssl", { args, stderr: "null" }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return 1e6 / Number(lines.find((line) => line.startsWith("+F"))?.split(":").at(-2));
}

async function measureLoads(folder: string, openssl: OpensslFigures): Promise<LoadFigure[]> {
  const figures: LoadFigure[] = [];
  for (const variant of variants) {
    await using server = await ServerProcess.start(variant);
    for (const [name, algorithm] of Object.entries(speedNames)) {
      openssl[name] = Math.min(openssl[name] ?? Infinity, await opensslMicros(algorithm));
    }
    using channel = openNativeChannel({ addresses: [`127.0.0.1:${server.port}`] });
    for (const { name: workload, path, body: bytes, check } of workloads) {
      const body = join(folder, `${workload}.bin`);
      await Deno.writeFile(body, bytes);
      const answerBytes = await check(channel);
      const call: Call = { url: `http://127.0.0.1:${server.port}${path}`, body, answerBytes };
      await load(call, { connections: 8, streams: 8 }, { seconds: 1 });
      for (const shape of shapes) {
        await check(channel);
        const before = server.cpuSeconds();
        const result = await load(call, shape, { seconds });
        const cpu = server.cpuSeconds() - before;
        const figure = {
          workload,
          shape: `${shape.connections}×${shape.streams}`,
          variant: nameOf(variant),
          requestsPerSecond: Math.round(result.requestsPerSecond),
          cpuMicrosPerRequest: cpu * 1e6 / result.done,
          failed: result.failed,
          latency: await latency(call, shape, 1),
        };
        figures.push(figure);
        print([
          [workload, 14],
          [figure.shape, 6],
          [figure.variant, 18],
          [`${figure.requestsPerSecond}`, -8],
          [figure.cpuMicrosPerRequest.toFixed(1), -9],
          [`${figure.latency.p50}`, -8],
          [`${figure.latency.p99}`, -8],
          [`${figure.failed}`, -7],
        ]);
      }
    }
  }
  return figures;
}

async function measureIdle(): Promise<IdleFigure[]> {
  const counts = options.quick ? [0, 1_000] : [0, 1_000, 10_000];
  const figures: IdleFigure[] = [];
  libc.raiseDescriptorLimit();
  for (const variant of variants) {
    await using server = await ServerProcess.start(variant, "error", options.program);
    using idle = new IdleConnections(server.port);
    const connectMs = await idle.connectTime(100);
    const residentMb: Record<string, Resident> = {};
    for (const count of counts) {
      await idle.grow(count);
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      residentMb[count] = server.resident();
    }
    figures.push({ variant: nameOf(variant), connectMs, residentMb });
    print([
      [nameOf(variant), 18],
      [connectMs.toFixed(2), -10],
      ...counts.map((count): [string, number] => [memoryOf(residentMb[count]), -16]),
    ]);
  }
  return figures;
}

/** Prints the memory of Deno with an empty program and empty workers: the floor of what a server takes. */
async function printEmpty(): Promise<void> {
  for (const workers of [0, 1, Number(options.workers)]) {
    await using deno = await EmptyProcess.start(workers);
    print([[`Deno, ${workers} workers`, 18], ["", -10], [memoryOf(deno.resident()), -16]]);
  }
}

function memoryOf({ all, anonymous, fileBacked }: Resident): string {
  return [all, anonymous, fileBacked].map(Math.round).join(" / ");
}

async function measureSpread(): Promise<SpreadFigure[]> {
  const figures: SpreadFigure[] = [];
  for (const workers of new Set([Number(options.workers), 4])) {
    const variant: Variant = { stack: "native", workers };
    for (const connections of [8, 100]) {
      const perWorker = await spread(variant, connections);
      figures.push({ variant: nameOf(variant), connections, perWorker });
      print([[nameOf(variant), 18], [`${connections}`, -11], [`  ${perWorker.join(" ")}`, 0]]);
    }
  }
  return figures;
}

/** Prints cells, each padded to its width: on the right, or on the left for a negative width. */
function print(cells: readonly (readonly [string, number])[]): void {
  console.log(
    cells.map(([text, width]) => width < 0 ? text.padStart(-width) : text.padEnd(width)).join(" "),
  );
}

const folder = await Deno.makeTempDir();
try {
  const openssl: OpensslFigures = {};
  if (!options.memory) {
    print([
      ["workload", 14],
      ["c×m", 6],
      ["stack", 18],
      ["req/s", -8],
      ["CPU µs", -9],
      ["p50 µs", -8],
      ["p99 µs", -8],
      ["failed", -7],
    ]);
  }
  const loads = options.memory ? [] : await measureLoads(folder, openssl);
  console.log("");
  for (const [name, micros] of Object.entries(openssl)) {
    console.log(`openssl speed, for ${name}: ${micros.toFixed(1)} µs a signature`);
  }
  console.log("\nidle connections: resident MB, of which anonymous and file-backed");
  print([["stack", 18], ["connect ms", -10], ["0", -16], ["1000", -16], ["10000", -16]]);
  await printEmpty();
  const idle = await measureIdle();
  if (!options.memory) {
    console.log("\nconnections of each worker");
    print([["stack", 18], ["connections", -11], ["  per worker", 0]]);
  }
  const spreads = options.memory ? [] : await measureSpread();
  if (options.json !== undefined) {
    await Deno.writeTextFile(
      options.json,
      JSON.stringify({ openssl, loads, idle, spreads }, null, 2) + "\n",
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
