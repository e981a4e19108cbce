/** The scheduling of calls on Deno's event loop. @module */
import type { AnyHandler, CallContext, WorkUnit } from "../mod.ts";
import {
  CostClasses,
  type Lane,
  type QueueLimits,
  UnitWork,
  type WorkOwner,
  WorkQueue,
} from "../scheduling/mod.ts";
import { nextTurn } from "./_next_turn.ts";

/** Milliseconds of work without a pause, before Deno's event loop handles events again. */
const SLICE_MS = 1;

/** The lane of a peer's address, which is that of one connection, while calls of it have work there. */
interface OpenLane {
  readonly lane: Lane;
  users: number;
}

/** The work of the reference stack's calls, done in turns on Deno's event loop. */
export class CallWork {
  readonly #limits: QueueLimits;
  readonly #queue: WorkQueue;
  readonly #costClasses = new CostClasses();
  readonly #lanes = new Map<string, OpenLane>();
  #isScheduled = false;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
    this.#queue = new WorkQueue(limits);
  }

  /** The work that waits for its turn. */
  get queue(): Pick<WorkQueue, "size" | "expectedMs"> {
    return this.#queue;
  }

  /** Runs a unary handler in its turn, if it names its cost class and that is not known to be cheap. */
  async handle(
    handler: Extract<AnyHandler, { kind: "unary" }>,
    request: unknown,
    context: CallContext,
    owner: WorkOwner,
  ): Promise<unknown> {
    const run = () => handler.handle(request, context);
    const costClass = nameOf(handler, request, context);
    if (costClass === undefined) return await run();
    const [result] = await this.run(context.peer, owner, [{ costClass, run }]);
    if (result.status === "rejected") throw result.reason;
    return await result.value;
  }

  /** Does the work of `CallContext.runInTurn()`. */
  async run<T>(
    peer: string,
    owner: WorkOwner,
    units: readonly WorkUnit<T>[],
  ): Promise<readonly PromiseSettledResult<T>[]> {
    if (units.length === 0) return [];
    const work = new UnitWork(owner, units, this.#costClasses, this.#limits.cheapCallMs);
    work.probe();
    if (work.isDone) return await work.done;
    if (units.length === 1 && !owner.over && this.#isCheap(units[0])) {
      work.run();
      return await work.done;
    }
    const open = this.#open(peer);
    try {
      const refusal = this.#queue.push(open.lane, work, performance.now());
      if (refusal !== undefined) throw refusal;
      this.#schedule();
      return await work.done;
    } finally {
      this.#leave(peer, open);
    }
  }

  #isCheap({ costClass }: WorkUnit<unknown>): boolean {
    const { meanMs } = this.#costClasses.of(costClass);
    return meanMs !== undefined && meanMs <= this.#limits.cheapCallMs;
  }

  #open(peer: string): OpenLane {
    let open = this.#lanes.get(peer);
    if (open === undefined) {
      open = { lane: this.#queue.openLane(), users: 0 };
      this.#lanes.set(peer, open);
    }
    open.users++;
    return open;
  }

  #leave(peer: string, open: OpenLane): void {
    if (--open.users > 0) return;
    this.#lanes.delete(peer);
    this.#queue.closeLane(open.lane);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queue.size === 0) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      this.#work();
      this.#schedule();
    });
  }

  #work(): void {
    const end = performance.now() + SLICE_MS;
    for (let now = end - SLICE_MS; now < end; now = performance.now()) {
      if (!this.#queue.runNext()) return;
    }
  }
}

function nameOf(
  { costClass }: Extract<AnyHandler, { kind: "unary" }>,
  request: unknown,
  context: CallContext,
): string | undefined {
  try {
    return costClass?.(request, context);
  } catch {
    // The handler will refuse the request.
    return undefined;
  }
}
