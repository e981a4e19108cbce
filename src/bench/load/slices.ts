/**
 * Runs in slices. Two servers are compared by short loads that alternate between them: each has new connections and a
 * short warm-up, so that differences between connections average out, and a machine that becomes slower slows both.
 *
 * @module
 */
import { Collector, type CpuSeconds, MAX_WINDOWS, type Window } from "../collector/mod.ts";
import { joinFigures, type ProcessFigures, type ResourceFigures } from "../resources/mod.ts";
import { Messages } from "./messages.ts";
import type { LoadPlan } from "./plan.ts";
import type { LoadResult } from "./result.ts";

/**
 * The least length of a slice in milliseconds. The noise of a slice hardly depends on its length, so many short slices
 * show more than a few long ones. In still shorter slices, a late timer is a large share of the time.
 */
const SLICE_MS = 100;

/**
 * The least length of a slice in milliseconds for each connection. A closed connection holds its local port for a minute
 * (TIME_WAIT), and Linux has 28,000 for each address of a server. These slices use at most 15,000.
 */
const SLICE_MS_PER_CONNECTION = 4;

/** The warm-up of the slices of a run after its first, in milliseconds: thousands of small requests. */
const SLICE_WARMUP_MS = 30;

/**
 * Divides the load of a run into slices of 100 ms or more, at most {@linkcode MAX_WINDOWS}. The first has the warm-up of
 * the run. A load that ends by a number of requests, or whose rate changes, is not divided.
 */
export function slicesOf(plan: LoadPlan): LoadPlan[] {
  const { requests, duration, pacing, connections } = plan;
  const steady = pacing.kind === "closed" || pacing.kind === "constant";
  if (requests !== Infinity || !steady) return [plan];
  const least = Math.max(SLICE_MS, connections * SLICE_MS_PER_CONNECTION);
  const count = Math.min(MAX_WINDOWS, Math.max(1, Math.floor(duration / least)));
  return Array.from({ length: count }, (_, i) => ({
    ...plan,
    duration: duration / count,
    warmup: i === 0 ? plan.warmup : Math.min(plan.warmup, SLICE_WARMUP_MS),
  }));
}

/** The joined results of the slices of a run. */
export class SlicedRun {
  readonly #plan: LoadPlan;
  readonly #slices: number;
  readonly #collector = new Collector(Collector.allocate());
  readonly #windows: Window[] = [];
  readonly #messages = new Messages();
  readonly #resources: { elapsed: number; figures: ResourceFigures }[] = [];
  #first: LoadResult | undefined;
  #elapsed = 0;
  #counted = 0;
  #interrupted = false;

  /** @param plan of the whole run */
  constructor(plan: LoadPlan, slices: number) {
    this.#plan = plan;
    this.#slices = slices;
  }

  add(result: LoadResult): void {
    const { elapsed, collector, messages, interrupted, resources, counted } = result;
    const { outcomes, corrected, ended } = collector;
    this.#first ??= result;
    this.#collector.add(collector);
    this.#messages.addAll(messages);
    this.#windows.push({
      start: this.#elapsed,
      duration: elapsed,
      errors: ended - outcomes[0],
      latency: corrected.copy(),
      ...(counted > 0 ? { cpuSeconds: cpuSecondsOf(resources, ended / counted) } : {}),
    });
    this.#resources.push({ elapsed, figures: resources });
    this.#elapsed += elapsed;
    this.#counted += counted;
    this.#interrupted ||= interrupted;
  }

  /** The result of the run; undefined before the first slice. A run of one slice is a whole load. */
  get result(): LoadResult | undefined {
    if (this.#first === undefined || this.#slices === 1) return this.#first;
    return {
      plan: this.#plan,
      slices: this.#slices,
      date: this.#first.date,
      elapsed: this.#elapsed,
      collector: this.#collector,
      windows: this.#windows,
      messages: this.#messages.list(),
      interrupted: this.#interrupted,
      resources: this.#joinedResources(),
      counted: this.#collector.ended,
    };
  }

  #joinedResources(): ResourceFigures {
    const { client, server } = joinFigures(this.#resources);
    const factor = this.#counted > 0 ? this.#collector.ended / this.#counted : 1;
    return { client: scaled(client, factor), server: server && scaled(server, factor) };
  }
}

/** Returns the CPU time of all requests of a slice, from that of the ones that were counted. */
function cpuSecondsOf({ client, server }: ResourceFigures, factor: number): CpuSeconds {
  const seconds = client.cpuSeconds * factor;
  return server === undefined
    ? { client: seconds }
    : { client: seconds, server: server.cpuSeconds * factor };
}

function scaled(figures: ProcessFigures, factor: number): ProcessFigures {
  const { cpuSeconds, cores } = figures;
  return { ...figures, cpuSeconds: cpuSeconds * factor, cores: cores * factor };
}
