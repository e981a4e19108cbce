/** `bench --repeat`: repeated runs of one server, or of two that take turns. @module */
import {
  formatNanoseconds,
  type LoadPlan,
  type LoadResult,
  LoadThreads,
  randomNumbers,
  type Report,
  reportOf,
  type Runs,
  SlicedRun,
  slicesOf,
} from "../../bench/mod.ts";
import { note } from "../output.ts";
import { StatusLine } from "../status_line.ts";
import { makeLoad, makeQuietLoad } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Target } from "./target.ts";

/** A server under test with the plan of its load. */
export interface Side {
  readonly target: Target;
  readonly plan: LoadPlan;
  readonly call: string;
}

/**
 * Measures a server, or two servers that take turns, several times. A run of two servers is made in slices, and the
 * order within each pair of slices is drawn at random: a machine that becomes slower does so for both.
 */
export async function measureByTurns(
  sides: readonly Side[],
  repeat: number,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<Runs> {
  const random = randomNumbers(options.seed);
  using threads = new LoadThreads(sides[0].plan.threads);
  const slices = sides.map(({ plan }) => sides.length > 1 ? slicesOf(plan) : [plan]);
  const reports: Report[][] = sides.map(() => []);
  for (let round = 0; round < repeat && !signal.aborted; round++) {
    const name = `run ${round + 1} of ${repeat}`;
    const runs = sides.map(({ plan }, side) => new SlicedRun(plan, slices[side].length));
    for (const turn of turnsOf(slices, random)) {
      if (signal.aborted) break;
      const result = await makeTurn(threads, turn, sides[turn.side], name, options, signal);
      if (result.interrupted && result.collector.started === 0) break;
      runs[turn.side].add(result);
    }
    sides.forEach(({ plan, call }, side) => {
      const { result } = runs[side];
      if (result === undefined) return;
      const report = reportOf(result, call, options.name);
      reports[side].push(report);
      note(`${name}, ${plan.addresses.join(", ")}: ${figuresOf(report)}`);
    });
  }
  const [runs, against = []] = reports;
  return { runs, against };
}

/** A slice of a run of one side. */
interface Turn {
  readonly side: number;
  /** The number of the slice, from 0, and the number of slices. */
  readonly index: number;
  readonly of: number;
  readonly plan: LoadPlan;
}

/** Returns the turns of a run: pairs of slices, each in an order that is drawn at random. */
function turnsOf(slices: readonly (readonly LoadPlan[])[], random: () => number): Turn[] {
  return slices[0].flatMap((_, index) => {
    const pair = slices.map((plans, side) => ({
      side,
      index,
      of: plans.length,
      plan: plans[index],
    }));
    return random() < 0.5 ? pair.reverse() : pair;
  });
}

async function makeTurn(
  threads: LoadThreads,
  { plan, index, of }: Turn,
  { target }: Side,
  name: string,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<LoadResult> {
  if (of === 1) return await makeLoad(threads, plan, target, signal, options.interval);
  using line = new StatusLine();
  line.show(`${name}, slice ${index + 1} of ${of}`);
  return await makeQuietLoad(threads, plan, target, signal);
}

/** The main figures of a run, in a line. */
export function figuresOf(report: Report): string {
  const at = (percent: number) =>
    report.latencyDistribution.find(({ percentage }) => percentage === percent)?.latency ?? 0;
  const [p50, p99] = [50, 99].map((percent) => formatNanoseconds(at(percent)));
  return `${report.rps.toFixed(0)} requests/s, p50 ${p50}, p99 ${p99}, errors ${report.errors}`;
}
