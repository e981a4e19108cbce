import type { Ending } from "./_handle.ts";
import { Remains } from "./_remains.ts";
import { SharedState } from "./_shared_state.ts";

/**
 * Threads that hang and are not ended yet. Deno 2.9.6 does not end a thread that never leaves a loop or a C
 * function, and each of the former costs a processor: more replacements would not serve anybody.
 */
const MAX_HANGING = 16;

/** Gives each worker a number in what is shared, which is free again once its thread has ended. */
export class WorkerNumbers {
  readonly shared: SharedState;
  readonly #free: number[];
  readonly #remains = new Set<Remains>();

  /** @param workers at once, besides those that hang */
  constructor(workers: number) {
    const count = workers + MAX_HANGING;
    this.shared = SharedState.create(count);
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  /** Workers taken for dead whose threads may come back. */
  get hanging(): number {
    return this.#remains.size;
  }

  /** A number for a new worker; undefined when too many hang. */
  take(): number | undefined {
    return this.#free.pop();
  }

  /** Ends the connections of a worker that is dead, and closes what it had as soon as that can be. */
  bury(worker: number, ending: Ending): void {
    const remains = new Remains(this.shared, worker);
    this.#remains.add(remains);
    if (ending === "ended") this.#close(remains);
  }

  /** Closes what those had whose threads have ended since. */
  closeEnded(): void {
    for (const remains of this.#remains) if (remains.threadHasEnded) this.#close(remains);
  }

  #close(remains: Remains): void {
    remains.close();
    this.#remains.delete(remains);
    this.#free.push(remains.worker);
  }
}
