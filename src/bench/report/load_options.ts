import type { LoadPlan } from "../load/mod.ts";

/** How the load was made. Times are milliseconds; what had no limit is null. */
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
}

/** The options of a load, as its report tells them. `call` is its method's name, or `connect`. */
export function optionsOf(plan: LoadPlan, call: string): ReportOptions {
  const { kind, ...rates } = plan.pacing;
  return {
    call,
    hosts: plan.addresses,
    stack: plan.stack,
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
