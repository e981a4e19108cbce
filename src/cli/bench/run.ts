/** `bench METHOD` and `bench connect`: one measured load, or repeated ones. @module */
import { LoadThreads, renderRuns, type Report, reportOf } from "../../bench/mod.ts";
import { interruptedError, usageError } from "../exit.ts";
import { warn } from "../output.ts";
import { comparison } from "./compare.ts";
import { conclude, judge, openOutput, writeText } from "./conclude.ts";
import { interruption, makeLoad, untilInterrupted } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { planOf, type Shape, shapeOf } from "./plan.ts";
import type { NamedWorkload } from "./named_workload.ts";
import { openTarget, type Target } from "./target.ts";
import { figuresOf, measureByTurns, type Side } from "./turns.ts";
import { checkWorkload, findWorkload } from "./workload.ts";

/** The key type of a server that `bench` starts, unless --key-type names one. */
const defaultKeyType = "ecdsa-p256";

/** Finds the requests of a load for its servers. */
type FindWork = (target: Target) => Promise<NamedWorkload>;

/** `bench METHOD`. */
export async function runBench(method: string | undefined, given: BenchOptions): Promise<void> {
  const options = await checkWorkload(method, given);
  await run(method, options, (target) => findWorkload(method!, options, target));
}

/** `bench connect`. */
export async function runConnect(options: BenchOptions): Promise<void> {
  if (options.connections > 1) {
    throw usageError(
      "--connections does not fit bench connect",
      "Use -c for the number of concurrent connections",
    );
  }
  const workload: NamedWorkload = { workload: { kind: "connect" }, call: "connect" };
  await run("connect", options, () => Promise.resolve(workload));
}

/** Measures the load of a method once. */
export async function measureMethod(
  method: string | undefined,
  given: BenchOptions,
): Promise<Report> {
  const options = await checkWorkload(method, given);
  const shape = shapeOf(options);
  using interrupted = interruption();
  await using target = await openTarget(options, ownServer(method, options), interrupted.signal);
  const find: FindWork = (target) => findWorkload(method!, options, target);
  const { signal } = interrupted;
  const side = await untilInterrupted(prepare(target, options, shape, find), signal);
  return await measure(side, options, signal);
}

/** Returns the options of a server that `bench` starts for a method. */
export function ownServer(method: string | undefined, { keyType, key }: BenchOptions): string[] {
  return [
    ...key === undefined ? ["--generate", keyType ?? defaultKeyType] : [],
    ...method === "pipeline" ? ["--pipelines"] : [],
  ];
}

async function run(
  method: string | undefined,
  options: BenchOptions,
  findWork: FindWork,
): Promise<void> {
  const { repeat, against, format } = options;
  const shape = shapeOf(options);
  if (repeat === undefined && against !== undefined) {
    throw usageError("--against needs --repeat", "Make 5 runs a side or more: --repeat 5");
  }
  if (repeat !== undefined && format !== "summary" && format !== "json") {
    throw usageError(`-O ${format} does not fit --repeat`, "Use summary or json");
  }
  using output = openOutput(options);
  using interrupted = interruption();
  const { signal } = interrupted;
  const ready = (target: Target) =>
    untilInterrupted(prepare(target, options, shape, findWork), signal);
  await using target = await openTarget(options, ownServer(method, options), signal);
  const side = await ready(target);
  if (repeat === undefined) {
    return conclude(await measure(side, options, signal), options, output);
  }
  await using other = against &&
    await openTarget({ ...onlyTo(options), to: against }, [], signal);
  const sides = [side, ...(other ? [await ready(other)] : [])];
  const runs = await measureByTurns(sides, repeat, options, signal);
  const { aborted } = signal;
  if (aborted && runs.runs.length === 0) throw interruptedError();
  const text = format === "json"
    ? renderRuns(runs)
    : against === undefined
    ? runs.runs.map(lineOf).join("")
    : comparison({ before: runs.against, after: runs.runs, paired: true }, options).text;
  writeText(text, options.output, output);
  for (const warning of new Set(runs.runs.flatMap(({ warnings }) => warnings))) warn(warning);
  for (const report of [...runs.against, ...runs.runs]) judge(report, options);
  // A signal between two slices or runs leaves no report that says so.
  if (aborted) throw interruptedError();
}

async function prepare(
  target: Target,
  options: BenchOptions,
  shape: Shape,
  findWork: FindWork,
): Promise<Side> {
  const work = await findWork(target);
  const plan = await planOf(options, shape, work, target);
  return { target, plan, call: work.call };
}

async function measure(
  { target, plan, call }: Side,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<Report> {
  using threads = new LoadThreads(plan.threads);
  const result = await makeLoad(threads, plan, target, signal, options.interval);
  if (result.interrupted && result.collector.started === 0) throw interruptedError();
  return reportOf(result, call, options.name);
}

function onlyTo(options: BenchOptions): BenchOptions {
  const { tcp: _tcp, vsock: _vsock, unix: _unix, serverPid: _pid, ...rest } = options;
  return rest;
}

function lineOf(report: Report): string {
  return `${figuresOf(report)}\n`;
}
