/** A single load. @module */
import {
  type LoadPlan,
  type LoadResult,
  LoadThreads,
  type RunOptions,
} from "../../src/bench/mod.ts";

/** Makes a load on threads of its own, and measures it. */
export async function runLoad(plan: LoadPlan, options: RunOptions = {}): Promise<LoadResult> {
  using threads = new LoadThreads(plan.threads);
  return await threads.run(plan, options);
}
