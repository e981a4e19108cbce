import type { ThreadState } from "./_handle.ts";
import { OrphanedDescriptors } from "./_orphaned_descriptors.ts";
import { SharedState } from "./_shared_state.ts";

/**
 * Failed threads that have not ended. Deno 2.9.6 cannot end a thread that never leaves a loop or a C function, and a
 * thread in a loop occupies a processor: with so many of them, another replacement would not help.
 */
const MAX_HANGING = 16;

/** Numbers of workers in the shared state. A number is free again once the thread that had it has ended. */
export class WorkerNumbers {
  readonly shared: SharedState;
  readonly #free: number[];
  readonly #orphaned = new Set<OrphanedDescriptors>();

  /** @param workers number of workers that serve at once, besides failed threads */
  constructor(workers: number) {
    const count = workers + MAX_HANGING;
    this.shared = SharedState.create(count);
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  /** Number of failed workers whose threads have not ended. */
  get hanging(): number {
    return this.#orphaned.size;
  }

  /** Takes a number for a new worker; undefined when too many threads hang. */
  take(): number | undefined {
    return this.#free.pop();
  }

  /** Shuts down the connections of a worker that has failed, and closes its descriptors once its thread has ended. */
  reap(worker: number, thread: ThreadState): void {
    const descriptors = new OrphanedDescriptors(this.shared, worker);
    this.#orphaned.add(descriptors);
    if (thread === "ended") this.#close(descriptors);
  }

  /** Closes the descriptors of the threads that have ended since. */
  closeEnded(): void {
    for (const descriptors of this.#orphaned) {
      if (descriptors.threadHasEnded) this.#close(descriptors);
    }
  }

  #close(descriptors: OrphanedDescriptors): void {
    descriptors.close();
    this.#orphaned.delete(descriptors);
    this.#free.push(descriptors.worker);
  }
}
