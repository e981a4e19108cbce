import type { LoadPlan } from "../load/mod.ts";

/** The options of a load in a report. Times are in milliseconds; null means no limit. */
export interface ReportOptions extends Record<string, unknown> {
  readonly call: string;
  readonly hosts: readonly string[];
  readonly stack: string;
  readonly concurrency: number;
  readonly connections: number;
  readonly threads: number;
  readonly total: number | null;
  readonly duration: number | null;
  readonly warmup: number;
  /** The number of slices of the run, if it was made in slices. The windows are then the slices. */
  readonly slices?: number;
}

/** Returns the options of a load for its report. `call` is the name of the method, or `connect`. */
export function optionsOf(plan: LoadPlan, call: string): ReportOptions {
  const { kind, ...rates } = plan.pacing;
  return {
    call,
    hosts: plan.addresses,
    stack: plan.stack,
    tls: plan.tls,
    ...(plan.authority === undefined ? {} : { authority: plan.authority }),
    concurrency: plan.concurrency,
    connections: plan.connections,
    threads: plan.threads,
    total: finite(plan.requests),
    duration: finite(plan.duration),
    warmup: plan.warmup,
    deadline: plan.deadline,
    "load-schedule": kind,
    ...rates,
    seed: plan.seed,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
