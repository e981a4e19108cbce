import { RpcError } from "../../mod.ts";
import type { NativeLimits } from "./limits.ts";

/** Work that waits for its turn. */
export interface Work {
  /** Milliseconds that it will take. */
  readonly expectedMs: number;
  /** When it is of no use any more, in milliseconds of the thread's clock. */
  readonly neededBy: number;
  /** Nobody waits for it any more. */
  readonly over: boolean;
  run(): void;
}

/**
 * Long work of one thread. Connections take turns, so that one that asks for much does not keep the
 * others waiting; and what cannot be done in time is refused before any work is spent on it.
 */
export class WorkQueue<W extends Work> {
  readonly #limits: Pick<NativeLimits, "maxQueuedCalls" | "maxQueuedMs">;
  /** What each connection waits for; the one whose turn is next comes first. */
  readonly #lanes = new Map<object, W[]>();
  #size = 0;
  #expectedMs = 0;

  constructor(limits: Pick<NativeLimits, "maxQueuedCalls" | "maxQueuedMs">) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Milliseconds that all of it will take. */
  get expectedMs(): number {
    return this.#expectedMs;
  }

  /** Puts work at the end of its connection's lane, or says why not. */
  push(lane: object, work: W, now: number): RpcError | undefined {
    const { maxQueuedCalls, maxQueuedMs } = this.#limits;
    const waits = this.#expectedMs + work.expectedMs;
    if (this.#size >= maxQueuedCalls || this.#expectedMs > maxQueuedMs) {
      return new RpcError("RESOURCE_EXHAUSTED", "Too much work waits here: try again later");
    }
    if (this.#size > 0 && now + waits > work.neededBy) {
      const message =
        `The work that waits here takes about ${Math.ceil(waits)} ms, which is longer ` +
        "than the deadline of this call";
      return new RpcError("RESOURCE_EXHAUSTED", message);
    }
    const queue = this.#lanes.get(lane);
    if (queue === undefined) this.#lanes.set(lane, [work]);
    else queue.push(work);
    this.#size++;
    this.#expectedMs = waits;
    return undefined;
  }

  /**
   * Does the next work, and more for the same connection until `forMs` milliseconds are over, so that
   * short answers leave together. False when there is none.
   */
  runNext(forMs = 0): boolean {
    for (const [lane, queue] of this.#lanes) {
      this.#lanes.delete(lane);
      const ran = this.#runSome(queue, forMs);
      if (queue.length > 0) this.#lanes.set(lane, queue);
      if (ran) return true;
    }
    return false;
  }

  #runSome(queue: W[], forMs: number): boolean {
    const end = performance.now() + forMs;
    let ran = false;
    do {
      const work = queue.shift()!;
      this.#size--;
      this.#expectedMs = this.#size === 0 ? 0 : Math.max(0, this.#expectedMs - work.expectedMs);
      if (work.over) continue;
      work.run();
      ran = true;
    } while (queue.length > 0 && (!ran || performance.now() < end));
    return ran;
  }
}
