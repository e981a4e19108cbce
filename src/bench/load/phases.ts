import {
  ClosedPacer,
  constantSchedule,
  type LoadEnd,
  OpenPacer,
  type Pacer,
  rampSchedule,
  type Schedule,
  type Share,
  stepSchedule,
} from "../pacer/mod.ts";
import type { LoadPlan, Pacing } from "./plan.ts";
import type { Phase } from "./runner.ts";

/** Returns the phases of one thread's share of a load: a warm-up at the initial rate, and the load. */
export function phasesOf(plan: LoadPlan, share: Share): Phase[] {
  const { pacing, requests, duration, warmup } = plan;
  const load: Phase = {
    pacer: pacerOf(pacing, { requests, duration }, share),
    start: warmup,
    measured: true,
  };
  if (warmup === 0) return [load];
  const warm = pacerOf(warmUpPacing(pacing), { requests: Infinity, duration: warmup }, share);
  return [{ pacer: warm, start: 0, measured: false }, load];
}

/**
 * Returns the schedule of a pacing; undefined for a closed loop.
 *
 * @throws {RangeError} if the schedule has too many steps
 */
export function scheduleOf(pacing: Pacing): Schedule | undefined {
  switch (pacing.kind) {
    case "closed":
      return undefined;
    case "constant":
      return constantSchedule(pacing.rate);
    case "step":
      return stepSchedule(pacing);
    case "ramp":
      return rampSchedule(pacing, pacing.duration);
  }
}

function pacerOf(pacing: Pacing, end: LoadEnd, share: Share): Pacer {
  const schedule = scheduleOf(pacing);
  return schedule === undefined ? new ClosedPacer(end, share) : new OpenPacer(schedule, end, share);
}

function warmUpPacing(pacing: Pacing): Pacing {
  if (pacing.kind === "closed" || pacing.kind === "constant") return pacing;
  return { kind: "constant", rate: pacing.start };
}
