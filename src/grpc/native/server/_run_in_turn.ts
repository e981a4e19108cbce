/** The units of work of a handler (`CallContext.runInTurn()`). @module */
import type { WorkUnit } from "../../mod.ts";
import { type Lane, UnitWork, type WorkOwner } from "../../scheduling/mod.ts";
import type { Thread } from "./_thread.ts";

/**
 * Runs units of work of a call: a single cheap one at once, and otherwise in the turns of the connection.
 *
 * @throws {RpcError} RESOURCE_EXHAUSTED when the queue refuses the work
 */
export async function runInTurn<T>(
  call: WorkOwner,
  units: readonly WorkUnit<T>[],
  thread: Thread,
  lane: Lane,
): Promise<readonly PromiseSettledResult<T>[]> {
  if (units.length === 0) return [];
  const { costClasses, limits } = thread;
  const work = new UnitWork(call, units, costClasses, limits.cheapCallMs);
  work.probe();
  thread.lap();
  if (work.isDone) return await work.done;
  const mayRun = units.length === 1 && !call.over &&
    thread.mayRunNow(lane, costClasses.of(units[0].costClass));
  if (mayRun) {
    work.run();
    lane.charge(thread.lap());
  } else {
    const refusal = thread.work.push(lane, work, thread.clock());
    if (refusal !== undefined) throw refusal;
    thread.wake();
  }
  return await work.done;
}
