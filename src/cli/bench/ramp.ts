/** `bench ramp`: the highest rate that a server keeps up with. @module */
import {
  formatNanoseconds,
  LoadThreads,
  RampSearch,
  type RampStep,
  reportOf,
} from "../../bench/mod.ts";
import { CliError, ExitCode, interruptedError, usageError } from "../exit.ts";
import { note } from "../output.ts";
import type { OutputFile } from "../output_file.ts";
import { openOutput, writeText } from "./conclude.ts";
import { interruption, makeLoad, untilInterrupted } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { planOf, shapeOf } from "./plan.ts";
import { ownServer } from "./run.ts";
import { openTarget } from "./target.ts";
import { checkWorkload, findWorkload } from "./workload.ts";

/** The defaults of a ramp: rate at its start, duration of a step, and rate at its end. */
const defaults = { start: 100, stepDuration: 2000, end: 1e7 } as const;

/** Time of load at the rate of each step before its measurement. */
const STEP_WARMUP_MS = 300;

/** The least number of concurrent requests: so many that the server limits the rate, and not this number. */
const MIN_CONCURRENCY = 1000;

/** `bench ramp METHOD`: raises the rate until the server does not keep up. */
export async function runRamp(method: string | undefined, given: BenchOptions): Promise<void> {
  const options = await checkWorkload(method, given);
  checkRamp(options);
  using output = openOutput(options);
  using interrupted = interruption();
  await using target = await openTarget(options, ownServer(method, options), interrupted.signal);
  const { signal } = interrupted;
  const work = await untilInterrupted(findWorkload(method!, options, target), signal);
  const {
    loadStart = defaults.start,
    loadEnd = defaults.end,
    loadStepDuration = defaults.stepDuration,
    ...rest
  } = options;
  const plan = await planOf(options, shapeOf(rest), work, target);
  using threads = new LoadThreads(plan.threads);
  const search = new RampSearch(loadStart, loadEnd);
  for (let rate = search.next; rate !== undefined; rate = search.next) {
    const step = {
      ...plan,
      pacing: { kind: "constant", rate },
      duration: loadStepDuration,
      warmup: STEP_WARMUP_MS,
      concurrency: Math.max(plan.concurrency, MIN_CONCURRENCY),
    } as const;
    const result = await makeLoad(threads, step, target, signal, options.interval);
    if (result.interrupted) break;
    const report = reportOf(result, work.call);
    const at = (percent: number) =>
      report.latencyDistribution.find(({ percentage }) => percentage === percent)!.latency;
    search.record({
      rate,
      reached: (report.count - report.errors) / (result.elapsed / 1000),
      errors: report.errors,
      p50: at(50),
      p99: at(99),
    });
    const [last] = search.steps.slice(-1);
    note(`${line(last)}${last.strain === undefined ? "" : `  ${strains[last.strain]}`}`);
    for (const message of Object.keys(report.errorDistribution)) note(`  ${message}`);
  }
  conclude(search, work.call, options, output, signal.aborted);
}

const strains = {
  errors: "errors",
  rate: "does not keep up",
  latency: "requests queue",
} as const;

/** @throws {CliError} for options that a ramp sets itself */
function checkRamp(options: BenchOptions): void {
  const { format, total, duration, rps, loadSchedule, assert, repeat, against } = options;
  if (format !== "summary" && format !== "json") {
    throw usageError(`-O ${format} does not fit bench ramp`, "Use summary or json");
  }
  if ((total ?? duration ?? rps ?? loadSchedule ?? assert ?? repeat ?? against) !== undefined) {
    throw usageError(
      "-n, -z, -r, --load-schedule, --assert, --repeat and --against do not fit bench ramp",
      "Use --load-start, --load-end and --load-step-duration",
    );
  }
}

function conclude(
  search: RampSearch,
  call: string,
  options: BenchOptions,
  output: OutputFile | undefined,
  interrupted: boolean,
): void {
  const { knee, broken, steps } = search;
  const endReason = interrupted ? "interrupted" : "normal";
  const figures = { call, endReason, knee: knee ?? null, broken: broken ?? null, steps };
  // An interrupted search knows the steps that held, and no knee.
  const end = interrupted
    ? " (interrupted: the highest rate that held so far)"
    : broken === undefined
    ? " (the end of the ramp)"
    : "";
  const text = options.format === "json"
    ? `${JSON.stringify(figures, null, 2)}\n`
    : knee === undefined
    ? ""
    : `${interrupted ? "held" : "knee"}: ${line(knee)}${end}\n`;
  writeText(text, options.output, output);
  if (interrupted) throw interruptedError();
  if (knee !== undefined) return;
  throw new CliError(
    ExitCode.failed,
    `The server did not keep up with the first step, ${steps[0].rate} requests a second`,
    { hint: "Start lower with --load-start" },
  );
}

function line({ rate, reached, errors, p50, p99 }: RampStep): string {
  return `${rate.toFixed(0)} requests/s: ${reached.toFixed(0)} reached, p50 ${
    formatNanoseconds(p50)
  }, p99 ${formatNanoseconds(p99)}, errors ${errors}`;
}
