import { libc } from "../../../ffi/mod.ts";
import { type Address, listen, type Listener, type ListenOptions } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { RpcServer } from "../../contract/mod.ts";
import { MAX_WORKERS, SharedState } from "./_shared_state.ts";
import { WorkerHandle } from "./_handle.ts";
import type { NativeLimits } from "../server/mod.ts";

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
  /** Whether each worker stays on a processor of its own. */
  readonly pin?: boolean;
  readonly limits?: Partial<NativeLimits>;
  /** Told of a worker that has died, and is being replaced. */
  readonly onDeath?: (worker: number, reason: string) => void;
}

/** How long the replacement of a worker waits that died soon after its start; doubled each time. */
const RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 30_000;
/** A worker that lives as long as this has not died of its start. */
const STABLE_MS = 10_000;

/**
 * A server on the native stack whose connections are served by workers, each on a thread of its own. The
 * calling thread listens, starts workers, and replaces those that die.
 *
 * @throws {TypeError} for a number of workers that cannot be; {Error} when one cannot be started
 */
export async function openWorkerPool(options: WorkerPoolOptions): Promise<RpcServer> {
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

/** One worker's place in the pool. */
interface Place {
  handle: WorkerHandle;
  startedAt: number;
  delay: number;
  restart: ReturnType<typeof setTimeout> | undefined;
}

class WorkerPool implements RpcServer {
  readonly stack = "native";
  readonly #options: WorkerPoolOptions;
  readonly #shared: SharedState;
  readonly #places: Place[] = [];
  readonly #listeners: Listener[] = [];
  readonly #log = logger("native");
  #phase: "serving" | "draining" | "closed" = "serving";
  #closing: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#shared = SharedState.create(options.workers);
  }

  async start(): Promise<void> {
    for (let worker = 0; worker < this.#options.workers; worker++) {
      this.#places[worker] = {
        handle: this.#open(worker),
        startedAt: performance.now(),
        delay: RESTART_DELAY_MS,
        restart: undefined,
      };
    }
    await Promise.all(this.#places.map((_, worker) => this.#begin(worker)));
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    const listener = await listen(address, options);
    this.#listeners.push(listener);
    await Promise.all(this.#places.map(({ handle }) => accept(handle, listener)));
    return listener.address;
  }

  async drain(graceMs: number): Promise<void> {
    if (this.#phase !== "serving") return this.close();
    this.#phase = "draining";
    await this.#stopListening();
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = setTimeout(resolve, graceMs);
    const drained = this.#places.map(({ handle }) => handle.settled({ kind: "drain" }));
    await Promise.race([promise, Promise.all(drained)]);
    clearTimeout(end);
    await this.close();
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#phase = "closed";
    for (const { restart } of this.#places) clearTimeout(restart);
    await this.#stopListening();
    await Promise.all(this.#places.map(({ handle }) => handle.close()));
  }

  /** The workers stop first: a descriptor that is closed under them may come to be another's. */
  async #stopListening(): Promise<void> {
    const listeners = this.#listeners.splice(0);
    if (listeners.length === 0) return;
    await Promise.all(this.#places.map(({ handle }) => handle.settled({ kind: "stop-accepting" })));
    for (const listener of listeners) listener.close();
  }

  #open(worker: number): WorkerHandle {
    return new WorkerHandle(
      this.#options.entry,
      worker,
      this.#shared,
      (reason) => this.#onDeath(worker, reason),
    );
  }

  /** Has a new worker build its services, and accept. */
  async #begin(worker: number): Promise<void> {
    const { limits = {}, pin, setup } = this.#options;
    const { handle } = this.#places[worker];
    const { data, transfer } = setup();
    const processor = pin ? worker % navigator.hardwareConcurrency : undefined;
    const shared = this.#shared.memory;
    await handle.ask({ kind: "start", worker, shared, limits, processor, setup: data }, transfer);
    for (const listener of this.#listeners) await accept(handle, listener);
  }

  #onDeath(worker: number, reason: string): void {
    const place = this.#places[worker];
    for (const fd of this.#shared.leave(worker)) libc.close(fd);
    if (this.#phase !== "serving") return;
    this.#log.error("A worker died, its connections are closed, and it is replaced", {
      worker,
      reason,
    });
    this.#options.onDeath?.(worker, reason);
    const stable = performance.now() - place.startedAt >= STABLE_MS;
    const delay = stable ? 0 : place.delay;
    place.delay = stable ? RESTART_DELAY_MS : Math.min(2 * place.delay, MAX_RESTART_DELAY_MS);
    place.restart = setTimeout(() => this.#replace(worker), delay);
  }

  async #replace(worker: number): Promise<void> {
    const place = this.#places[worker];
    place.startedAt = performance.now();
    place.handle = this.#open(worker);
    try {
      await this.#begin(worker);
    } catch (error) {
      this.#log.error("A worker cannot be started", { worker, error });
      place.handle.fail((error as Error).message);
    }
  }
}

function accept(handle: WorkerHandle, { fd, address }: Listener): Promise<void> {
  return handle.settled({ kind: "listen", fd, address });
}
