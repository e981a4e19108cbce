import { type Address, listen, type Listener, type ListenOptions } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { RpcServer } from "../../mod.ts";
import { DEFAULT_NATIVE_LIMITS, type NativeLimits } from "../server/mod.ts";
import { type Ending, WorkerHandle } from "./_handle.ts";
import { allowedProcessors } from "./_processors.ts";
import { MAX_WORKERS } from "./_shared_state.ts";
import { WorkerNumbers } from "./_worker_numbers.ts";

/** What a worker's own module is given to build its services of. */
export interface WorkerSetup {
  /** Cloned into the worker. */
  readonly data: unknown;
  /** Parts of it that are moved there instead. */
  readonly transfer?: readonly Transferable[];
}

export interface WorkerPoolOptions {
  /** How many threads serve, from 1 on. */
  readonly workers: number;
  /** The module that calls `serveAsWorker()`. */
  readonly entry: URL;
  /** Called for each worker that starts, also for one that replaces another. */
  readonly setup: () => WorkerSetup;
  /** Whether each worker stays on a processor of its own, of those that the process may use. */
  readonly pin?: boolean | undefined;
  readonly limits?: Partial<NativeLimits>;
  /** Told of a worker that has died, and is being replaced. */
  readonly onDeath?: (worker: number, reason: string) => void;
}

/** A server whose workers can be told of changes. */
export interface WorkerServer extends RpcServer {
  /**
   * Hands each worker what `make` gives for it (`WorkerServices.update()`). A worker that cannot take it is
   * replaced, by one that is set up anew. Resolves when all have.
   */
  update(make: () => WorkerSetup): Promise<void>;
}

/** How long the replacement of a worker waits that died soon after its start; doubled each time. */
const RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 30_000;
/** A worker that lives as long as this has not died of its start. */
const STABLE_MS = 10_000;

/** The time that a worker has to end by itself before its thread is ended, and the same once a drain's grace is over. */
const CLOSE_TIMEOUT_MS = 5_000;
const LATE_CLOSE_TIMEOUT_MS = 500;

/** How often a worker is looked at while it may be silent for no longer than `NativeLimits.maxTurnMs`. */
const LOOKS_PER_LIMIT = 4;
/** The most between two looks: those of a worker that has ended itself wait for the next. */
const MAX_LOOK_INTERVAL_MS = 2_500;

/**
 * A server on the native stack whose connections are served by workers, each on a thread of its own. The
 * calling thread listens, starts workers, and replaces those that die.
 *
 * @throws {TypeError} for a number of workers that cannot be; {Error} when one cannot be started
 */
export async function openWorkerPool(options: WorkerPoolOptions): Promise<WorkerServer> {
  const { workers } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new TypeError(`Cannot start ${workers} workers: give a number from 1 to ${MAX_WORKERS}`);
  }
  const pool = new WorkerPool(options);
  try {
    await pool.start();
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** One worker's place in the pool, which its replacements take. */
interface Place {
  handle: WorkerHandle;
  startedAt: number;
  delay: number;
  restart: ReturnType<typeof setTimeout> | undefined;
}

class WorkerPool implements WorkerServer {
  readonly stack = "native";
  readonly #options: WorkerPoolOptions;
  readonly #numbers: WorkerNumbers;
  readonly #places: Place[] = [];
  readonly #listeners: Listener[] = [];
  readonly #log = logger("native");
  readonly #processors: readonly number[];
  readonly #patience: number;
  #looking: ReturnType<typeof setInterval> | undefined;
  #phase: "serving" | "draining" | "closed" = "serving";
  #closing: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#numbers = new WorkerNumbers(options.workers);
    this.#processors = options.pin ? this.#processorsToPin() : [];
    this.#patience = this.#maxTurnMs === Infinity ? Infinity : LOOKS_PER_LIMIT;
  }

  get #maxTurnMs(): number {
    return this.#options.limits?.maxTurnMs ?? DEFAULT_NATIVE_LIMITS.maxTurnMs;
  }

  async start(): Promise<void> {
    for (let place = 0; place < this.#options.workers; place++) {
      this.#places[place] = {
        handle: this.#open(place, this.#numbers.take()!),
        startedAt: performance.now(),
        delay: RESTART_DELAY_MS,
        restart: undefined,
      };
    }
    const interval = Math.min(this.#maxTurnMs / LOOKS_PER_LIMIT, MAX_LOOK_INTERVAL_MS);
    this.#looking = setInterval(() => this.#look(), interval);
    await Promise.all(this.#places.map((_, place) => this.#begin(place)));
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    const listener = await listen(address, options);
    this.#listeners.push(listener);
    await Promise.all(this.#places.map(({ handle }) => accept(handle, listener)));
    return listener.address;
  }

  async update(make: () => WorkerSetup): Promise<void> {
    await Promise.all(this.#places.map(async ({ handle }) => {
      if (!handle.alive) return;
      const { data, transfer } = make();
      try {
        await handle.ask({ kind: "update", update: data }, transfer);
      } catch (error) {
        // With other data than the rest it must not serve.
        handle.fail((error as Error).message, "may-come-back");
      }
    }));
  }

  async drain(graceMs: number): Promise<void> {
    if (this.#phase !== "serving") return this.close();
    this.#phase = "draining";
    // The grace begins here: a worker that is busy may take long to hear of the drain.
    const { promise: graceEnd, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    const drained = this.#drainWorkers().then(() => true);
    const inTime = await Promise.race([graceEnd.then(() => false), drained]);
    clearTimeout(timer);
    await (this.#closing ??= this.#close(inTime ? CLOSE_TIMEOUT_MS : LATE_CLOSE_TIMEOUT_MS));
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close(CLOSE_TIMEOUT_MS);
  }

  async #drainWorkers(): Promise<void> {
    await this.#stopListening();
    await Promise.all(this.#places.map(({ handle }) => handle.settled({ kind: "drain" })));
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#phase = "closed";
    for (const { restart } of this.#places) clearTimeout(restart);
    const stopped = this.#stopListening();
    await Promise.all(this.#places.map(({ handle }) => handle.close(timeoutMs)));
    await stopped;
    clearInterval(this.#looking);
    this.#numbers.closeEnded();
  }

  /** The workers stop first: a descriptor that is closed under them may come to be another's. */
  async #stopListening(): Promise<void> {
    const listeners = this.#listeners.splice(0);
    if (listeners.length === 0) return;
    await Promise.all(this.#places.map(({ handle }) => handle.settled({ kind: "stop-accepting" })));
    for (const listener of listeners) listener.close();
  }

  #open(place: number, worker: number): WorkerHandle {
    const { entry } = this.#options;
    const onDeath = (reason: string, ending: Ending) => {
      this.#numbers.bury(worker, ending);
      this.#replaceLater(place, reason);
    };
    return new WorkerHandle(entry, place, worker, this.#numbers.shared, onDeath);
  }

  /** Has a new worker build its services, and accept. */
  async #begin(place: number): Promise<void> {
    const { limits = {}, setup } = this.#options;
    const { handle } = this.#places[place];
    const { data, transfer } = setup();
    const processor = this.#processors[place % this.#processors.length];
    const { worker } = handle;
    const shared = this.#numbers.shared.memory;
    await handle.ask(
      { kind: "start", worker, place, shared, limits, processor, setup: data },
      transfer,
    );
    for (const listener of this.#listeners) await accept(handle, listener);
  }

  #processorsToPin(): readonly number[] {
    const processors = allowedProcessors();
    if (processors === undefined) {
      this.#log.warn(
        "Workers are not pinned: which processors this process may use cannot be told",
      );
    }
    return processors ?? [];
  }

  #look(): void {
    for (const { handle } of this.#places) handle.look(this.#patience);
    this.#numbers.closeEnded();
  }

  #replaceLater(place: number, reason: string): void {
    if (this.#phase !== "serving") return;
    this.#log.error("A worker died, its connections are closed, and it is replaced", {
      worker: place,
      reason,
      hanging: this.#numbers.hanging,
    });
    this.#options.onDeath?.(place, reason);
    const at = this.#places[place];
    const stable = performance.now() - at.startedAt >= STABLE_MS;
    const delay = stable ? 0 : at.delay;
    at.delay = stable ? RESTART_DELAY_MS : Math.min(2 * at.delay, MAX_RESTART_DELAY_MS);
    at.restart = setTimeout(() => this.#replace(place), delay);
  }

  async #replace(place: number): Promise<void> {
    const at = this.#places[place];
    const worker = this.#numbers.take();
    if (worker === undefined) {
      this.#log.error("A worker is not replaced as too many threads hang: restart the process", {
        worker: place,
        hanging: this.#numbers.hanging,
      });
      at.restart = setTimeout(() => this.#replace(place), MAX_RESTART_DELAY_MS);
      return;
    }
    at.startedAt = performance.now();
    at.handle = this.#open(place, worker);
    try {
      await this.#begin(place);
    } catch (error) {
      this.#log.error("A worker cannot be started", { worker: place, error });
      at.handle.fail((error as Error).message, "may-come-back");
    }
  }
}

function accept(handle: WorkerHandle, { fd, address }: Listener): Promise<void> {
  return handle.settled({ kind: "listen", fd, address });
}
