/** A server on the native stack with workers: the main thread's side. @module */
import { type Address, listen, type Listener, type ListenOptions } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { DrainReport, RpcServer, SilentThreadReport, ThreadReport } from "../../mod.ts";
import {
  type NativeLimits,
  QUIET_CHECK_MS,
  QuietWatch,
  releaseSpareMemory,
  trimProcess,
} from "../server/mod.ts";
import { type ThreadState, WorkerHandle } from "./_handle.ts";
import type { WorkerRequest } from "./_messages.ts";
import { allowedProcessors } from "./_processors.ts";
import { MAX_WORKERS } from "./_shared_state.ts";
import { WorkerNumbers } from "./_worker_numbers.ts";

/** Data from which a worker's own module builds its services. */
export interface WorkerSetup {
  /** Cloned into the worker. */
  readonly data: unknown;
  /** Parts of it that are moved instead of cloned. */
  readonly transfer?: readonly Transferable[];
}

/** A thread that loads the entry module of a worker. */
export interface LoadingThread {
  readonly worker: Worker;
  /** True when the module has thrown an error. */
  readonly hasFailed: boolean;
}

export interface WorkerPoolOptions {
  /** Number of threads that serve, from 1 on. */
  readonly workers: number;
  /** The module that calls `serveAsWorker()`. */
  readonly entry: URL;
  /** Threads that load this module already, for the first workers. */
  readonly threads?: readonly LoadingThread[] | undefined;
  /** Called with the index of each worker that starts, replacements too. */
  readonly setup: (worker: number) => WorkerSetup;
  /** Pins each worker to one of the processors that the process may use. */
  readonly pin?: boolean | undefined;
  readonly limits?: Partial<NativeLimits> | undefined;
  /**
   * The longest time without progress of a worker's thread, in milliseconds, before it is taken for hung and replaced:
   * 10 s by default. Each event, call and piece of work is progress, so a busy thread makes some; a handler that does
   * not return makes none.
   */
  readonly maxTurnMs?: number;
  /** Called with the index of a worker that has failed, and will be replaced, and the reason. */
  readonly onFailure?: (worker: number, reason: string) => void;
}

/** A server whose workers take changes of their services. */
export interface WorkerServer extends RpcServer {
  /** True while every worker makes progress. */
  readonly responds: boolean;
  /**
   * Passes a value of `make` to each worker (`WorkerServices.update()`). A worker that cannot take it is replaced by one
   * with a new setup. Resolves when all workers have answered.
   */
  update(make: () => WorkerSetup): Promise<void>;
}

/** The delay before a worker that failed soon after its start is replaced; doubled each time. */
const RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 30_000;
/** The age from which a failure is not one of the start. */
const STABLE_MS = 10_000;

/** The time for a worker to close before its thread is terminated; also after a drain's grace. */
const CLOSE_TIMEOUT_MS = 5_000;
const LATE_CLOSE_TIMEOUT_MS = 500;

/** The time for a worker to describe itself: the longest turns take some 10 ms. */
const INSPECT_TIMEOUT_MS = 1_000;

/** The longest piece of work, an RSA-4096 signature of the slowest provider, takes a hundredth of it. */
const DEFAULT_MAX_TURN_MS = 10_000;

/** Checks for progress of a worker within `WorkerPoolOptions.maxTurnMs`. */
const CHECKS_PER_LIMIT = 4;
/** The longest time between two checks: a thread that has ended is noticed by a check only. */
const MAX_CHECK_INTERVAL_MS = 2_500;

/**
 * Opens a server on the native stack whose connections are served by workers, each on its own thread. The calling
 * thread listens, starts workers, and replaces a worker that fails.
 *
 * @throws {TypeError} for an impossible number of workers; {Error} when a worker cannot be started
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

/** A worker of the pool and its replacements, one after the other. */
interface Member {
  handle: WorkerHandle;
  startedAt: number;
  delay: number;
  restart: ReturnType<typeof setTimeout> | undefined;
}

class WorkerPool implements WorkerServer {
  readonly stack = "native";
  readonly #options: WorkerPoolOptions;
  readonly #numbers: WorkerNumbers;
  readonly #members: Member[] = [];
  readonly #listeners: Listener[] = [];
  readonly #threads: LoadingThread[];
  /** For the workers that start later. */
  #limits: Partial<NativeLimits>;
  readonly #log = logger("native");
  readonly #processors: readonly number[];
  #checking: ReturnType<typeof setInterval> | undefined;
  readonly #quiet = new QuietWatch();
  #checkingQuiet: ReturnType<typeof setInterval> | undefined;
  #phase: "serving" | "announced" | "draining" | "closed" = "serving";
  #closing: Promise<DrainReport> | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#limits = options.limits ?? {};
    this.#threads = [...options.threads ?? []];
    this.#numbers = new WorkerNumbers(options.workers);
    this.#processors = options.pin ? this.#processorsToPin() : [];
  }

  async start(): Promise<void> {
    for (let index = 0; index < this.#options.workers; index++) {
      this.#members[index] = {
        handle: this.#open(index, this.#numbers.take()!),
        startedAt: performance.now(),
        delay: RESTART_DELAY_MS,
        restart: undefined,
      };
    }
    const { maxTurnMs = DEFAULT_MAX_TURN_MS } = this.#options;
    const interval = Math.min(maxTurnMs / CHECKS_PER_LIMIT, MAX_CHECK_INTERVAL_MS);
    this.#checking = setInterval(() => this.#check(), interval);
    this.#checkingQuiet = setInterval(() => this.#checkQuiet(), QUIET_CHECK_MS);
    await Promise.all(this.#members.map((_, index) => this.#begin(index)));
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    const listener = await listen(address, options);
    this.#listeners.push(listener);
    await Promise.all(this.#members.map(({ handle }) => accept(handle, listener)));
    return listener.address;
  }

  get responds(): boolean {
    return this.#members.every(({ handle }) => handle.responds);
  }

  update(make: () => WorkerSetup): Promise<void> {
    return this.#tell(() => {
      const { data, transfer } = make();
      return [{ kind: "update", update: data }, transfer];
    });
  }

  setLimits(limits: Partial<NativeLimits>): Promise<void> {
    this.#limits = { ...this.#limits, ...limits };
    return this.#tell(() => [{ kind: "limits", limits }, undefined]);
  }

  /** Sends a change to all workers. */
  async #tell(
    make: () => [change: WorkerRequest, transfer: readonly Transferable[] | undefined],
  ): Promise<void> {
    await Promise.all(this.#members.map(async ({ handle }) => {
      if (!handle.alive) return;
      try {
        await handle.ask(...make());
      } catch (error) {
        // A worker must not serve with other data than the others.
        handle.fail((error as Error).message, "may-run");
      }
    }));
  }

  async inspect(): Promise<(ThreadReport | SilentThreadReport)[]> {
    return await Promise.all(this.#members.map(async ({ handle }, worker) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        const error = new Error(`No answer within ${INSPECT_TIMEOUT_MS} ms`);
        timer = setTimeout(() => reject(error), INSPECT_TIMEOUT_MS);
      });
      try {
        const report = await Promise.race([late, handle.ask({ kind: "inspect" })]);
        return { worker, ...report as ThreadReport };
      } catch (error) {
        return { worker, failure: (error as Error).message };
      } finally {
        clearTimeout(timer);
      }
    }));
  }

  async announceDrain(): Promise<void> {
    if (this.#phase === "serving") this.#phase = "announced";
    await Promise.all(
      this.#members.map(({ handle }) => handle.settled({ kind: "announce-drain" })),
    );
  }

  async drain(graceMs: number): Promise<DrainReport> {
    if (!this.#isServing) return this.#end();
    this.#phase = "draining";
    // The grace begins here: a busy worker may receive the drain late.
    const { promise: graceEnd, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    const drained = this.#drainWorkers().then(() => true);
    const inTime = await Promise.race([graceEnd.then(() => false), drained]);
    clearTimeout(timer);
    return await (this.#closing ??= this.#close(inTime ? CLOSE_TIMEOUT_MS : LATE_CLOSE_TIMEOUT_MS));
  }

  async close(): Promise<void> {
    await this.#end();
  }

  /** True until the drain begins: workers that fail are replaced. */
  get #isServing(): boolean {
    return this.#phase === "serving" || this.#phase === "announced";
  }

  #end(): Promise<DrainReport> {
    const timeoutMs = this.#phase === "draining" ? LATE_CLOSE_TIMEOUT_MS : CLOSE_TIMEOUT_MS;
    return this.#closing ??= this.#close(timeoutMs);
  }

  async #drainWorkers(): Promise<void> {
    await this.#stopListening();
    await Promise.all(this.#members.map(({ handle }) => handle.settled({ kind: "drain" })));
  }

  async #close(timeoutMs: number): Promise<DrainReport> {
    this.#phase = "closed";
    for (const { restart } of this.#members) clearTimeout(restart);
    const stopped = this.#stopListening();
    const calls = await Promise.all(this.#members.map(({ handle }) => handle.close(timeoutMs)));
    await stopped;
    clearInterval(this.#checking);
    clearInterval(this.#checkingQuiet);
    this.#numbers.closeEnded();
    return {
      served: calls.reduce((sum, one) => sum + (one?.served ?? 0), 0),
      cut: calls.reduce((sum, one) => sum + (one?.cut ?? 0), 0),
      silentWorkers: calls.filter((one) => one === undefined).length,
    };
  }

  /** Closes the listeners, after the workers have stopped: the kernel may use a closed number again. */
  async #stopListening(): Promise<void> {
    const listeners = this.#listeners.splice(0);
    if (listeners.length === 0) return;
    await Promise.all(
      this.#members.map(({ handle }) => handle.settled({ kind: "stop-accepting" })),
    );
    for (const listener of listeners) listener.close();
  }

  #open(index: number, worker: number): WorkerHandle {
    const loading = this.#threads.shift();
    const thread = loading?.hasFailed === false ? loading.worker : this.#startThread(index);
    const onFailure = (reason: string, thread: ThreadState) => {
      this.#numbers.reap(worker, thread);
      this.#replaceLater(index, reason);
    };
    return new WorkerHandle(thread, index, worker, this.#numbers.shared, onFailure);
  }

  #startThread(index: number): Worker {
    return new Worker(this.#options.entry, { type: "module", name: `signer-${index}` });
  }

  /** Starts a new worker: it builds its services, and accepts. */
  async #begin(index: number): Promise<void> {
    const { setup } = this.#options;
    const { handle } = this.#members[index];
    const { data, transfer } = setup(index);
    const processor = this.#processors[index % this.#processors.length];
    const { worker } = handle;
    const shared = this.#numbers.shared.memory;
    await handle.ask(
      { kind: "start", worker, index, shared, limits: this.#limits, processor, setup: data },
      transfer,
    );
    if (this.#phase === "announced") await handle.settled({ kind: "announce-drain" });
    for (const listener of this.#listeners) await accept(handle, listener);
  }

  #processorsToPin(): readonly number[] {
    const processors = allowedProcessors();
    if (processors === undefined) {
      this.#log.warn("Workers are not pinned: the processors of this process are unknown");
    }
    return processors ?? [];
  }

  #check(): void {
    for (const { handle } of this.#members) handle.check(CHECKS_PER_LIMIT);
    this.#numbers.closeEnded();
  }

  /** Has every thread return memory once all of them are quiet after a load. */
  #checkQuiet(): void {
    const progress = this.#members.reduce((sum, { handle }) => sum + handle.progress, 0);
    if (this.#phase !== "serving") return;
    const isQuiet = this.#quiet.isQuiet(progress);
    if (this.#quiet.wasQuiet) trimProcess();
    if (!isQuiet) return;
    const released = this.#members.map(({ handle }) => handle.settled({ kind: "release-memory" }));
    // A worker that fails is reported by its handle.
    Promise.allSettled(released).then(() => {
      releaseSpareMemory();
      trimProcess();
    });
  }

  #replaceLater(index: number, reason: string): void {
    if (!this.#isServing) return;
    this.#log.error("A worker died, its connections are closed, and it is replaced", {
      worker: index,
      reason,
      hanging: this.#numbers.hanging,
    });
    this.#options.onFailure?.(index, reason);
    const at = this.#members[index];
    const stable = performance.now() - at.startedAt >= STABLE_MS;
    const delay = stable ? 0 : at.delay;
    at.delay = stable ? RESTART_DELAY_MS : Math.min(2 * at.delay, MAX_RESTART_DELAY_MS);
    at.restart = setTimeout(() => this.#replace(index), delay);
  }

  async #replace(index: number): Promise<void> {
    const at = this.#members[index];
    const worker = this.#numbers.take();
    if (worker === undefined) {
      this.#log.error("A worker is not replaced as too many threads hang: restart the process", {
        worker: index,
        hanging: this.#numbers.hanging,
      });
      at.restart = setTimeout(() => this.#replace(index), MAX_RESTART_DELAY_MS);
      return;
    }
    at.startedAt = performance.now();
    at.handle = this.#open(index, worker);
    try {
      await this.#begin(index);
    } catch (error) {
      this.#log.error("A worker cannot be started", { worker: index, error });
      at.handle.fail((error as Error).message, "may-run");
    }
  }
}

async function accept(handle: WorkerHandle, { fd, address }: Listener): Promise<void> {
  await handle.settled({ kind: "listen", fd, address });
}
