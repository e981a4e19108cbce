/** The plan of a load, from the options. @module */
import config from "../../../deno.json" with { type: "json" };
import { type LoadPlan, type Pacing, scheduleOf } from "../../bench/mod.ts";
import { chosenStack } from "../../grpc/stacks/mod.ts";
import { usageError } from "../exit.ts";
import type { BenchOptions } from "./options.ts";
import type { NamedWorkload } from "./named_workload.ts";
import type { Target } from "./target.ts";
import { metadataOf } from "./workload.ts";

/** Duration and warm-up of a load without -n and -z. */
const DEFAULT_DURATION_MS = 5000;
const DEFAULT_WARMUP_MS = 1000;

/** The part of a plan that depends on the options alone. */
export type Shape = Pick<
  LoadPlan,
  "pacing" | "requests" | "duration" | "warmup" | "concurrency" | "connections" | "threads"
>;

/**
 * Reads amount, pacing and connections of a load from the options.
 *
 * @throws {CliError} for options that do not go together
 */
export function shapeOf(options: BenchOptions): Shape {
  const { total, duration, maxDuration, concurrency, connections, threads } = options;
  if (total !== undefined && duration !== undefined) {
    throw usageError("-n and -z cannot be given together", "-x limits the time that -n may take");
  }
  if (maxDuration !== undefined && total === undefined) {
    throw usageError("-x is the limit of -n, which is not given", "Use -z for a load by its time");
  }
  if (threads > concurrency) {
    throw usageError(
      `${threads} threads cannot share ${concurrency} requests at once`,
      "Raise -c to at least the number of --threads",
    );
  }
  const time = duration ?? (total === undefined ? DEFAULT_DURATION_MS : maxDuration ?? Infinity);
  return {
    pacing: pacingOf(options, time),
    requests: total ?? Infinity,
    duration: time,
    warmup: options.warmup ?? (total === undefined ? DEFAULT_WARMUP_MS : 0),
    concurrency,
    // Each thread has connections of its own.
    connections: Math.max(connections, threads),
    threads,
  };
}

/** Completes the plan of a load with its calls and servers. */
export async function planOf(
  options: BenchOptions,
  shape: Shape,
  { workload }: NamedWorkload,
  target: Pick<Target, "addresses" | "tls">,
): Promise<LoadPlan> {
  const { addresses, tls } = target;
  const { deadline, connectTimeout, lb, seed, authority } = options;
  return {
    ...shape,
    workload,
    addresses,
    stack: await chosenStack(options.stack),
    deadline,
    connectTimeout,
    balancing: lb,
    tls: tls !== undefined,
    authority,
    userAgent: `signer/${config.version}`,
    metadata: await metadataOf(options, workload.kind === "connect" ? "" : workload.path, target),
    seed,
  };
}

function pacingOf(options: BenchOptions, time: number): Pacing {
  const { rps, loadSchedule = "const", loadStart, loadEnd, loadStep, loadStepDuration } = options;
  if (loadSchedule === "const") {
    refuseStrayRates(options);
    return rps === undefined ? { kind: "closed" } : { kind: "constant", rate: rps };
  }
  if (rps !== undefined) {
    throw usageError(`-r does not fit --load-schedule ${loadSchedule}`, "Use --load-start");
  }
  const start = needed("--load-start", loadStart, loadSchedule);
  const end = needed("--load-end", loadEnd, loadSchedule);
  if (loadSchedule === "line") {
    const duration = options.loadMaxDuration ?? time;
    if (duration === Infinity) {
      throw usageError("--load-schedule line needs a duration", "Give --load-max-duration or -z");
    }
    return { kind: "ramp", start, end, duration };
  }
  const pacing: Pacing = {
    kind: "step",
    start,
    end,
    step: needed("--load-step", loadStep, loadSchedule),
    stepDuration: needed("--load-step-duration", loadStepDuration, loadSchedule),
  };
  try {
    scheduleOf(pacing);
  } catch (cause) {
    throw usageError((cause as Error).message);
  }
  return pacing;
}

/** Refuses options of a schedule without one: the load would be a closed loop. */
function refuseStrayRates(options: BenchOptions): void {
  const { loadStart, loadEnd, loadStep, loadStepDuration, loadMaxDuration } = options;
  const [stray] = Object.entries({
    "--load-start": loadStart,
    "--load-end": loadEnd,
    "--load-step": loadStep,
    "--load-step-duration": loadStepDuration,
    "--load-max-duration": loadMaxDuration,
  }).filter(([, value]) => value !== undefined);
  if (stray === undefined) return;
  throw usageError(
    `${stray[0]} is for --load-schedule step or line, and for bench ramp`,
    "Use -r for a constant rate",
  );
}

function needed(name: string, value: number | undefined, schedule: string): number {
  if (value !== undefined) return value;
  throw usageError(`--load-schedule ${schedule} needs ${name}`);
}
