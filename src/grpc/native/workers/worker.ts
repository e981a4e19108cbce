/** The worker's side of a pool: serves on the thread of a Web Worker. @module */
import { setImmediate } from "node:timers";
import { libc } from "../../../ffi/mod.ts";
import { Listener, Socket, type TlsContext, wakePoller } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { CallObserver, ServerMeter, Service } from "../../mod.ts";
import { Engine, releaseSpareMemory } from "../server/mod.ts";
import { SharedConnectionCounts } from "./_shared_connection_counts.ts";
import { SharedState } from "./_shared_state.ts";
import { WorkerDrive } from "./_drive.ts";
import { openThread } from "./_thread_presence.ts";
import type {
  NumberedRequest,
  WorkerAnswer,
  WorkerCalls,
  WorkerExit,
  WorkerRequest,
} from "./_messages.ts";

/** The services of a worker. They are disposed of when the worker ends in order. */
export interface WorkerServices extends Disposable {
  readonly services: readonly Service[];
  /** Returns the TLS context of new connections; plaintext by default. */
  readonly tls?: (() => TlsContext) | undefined;
  /** Called before answers are sent (`RpcServerOptions.beforeSend`). */
  readonly beforeSend?: (() => boolean) | undefined;
  /** Counts calls and connections. */
  readonly meter?: ServerMeter | undefined;
  readonly observer?: CallObserver | undefined;
  /** Called when the server will drain: reports NOT_SERVING to health checks. */
  announceDrain?(): void;
  /** Called when the server drains: ends the calls that would not end by themselves. */
  drain(): void;
  /** Takes the value given to the pool's `update()`. An error that it throws ends the worker. */
  update?(update: unknown): void;
}

/** The part of a worker's global scope that this module uses. */
interface WorkerScope extends EventTarget {
  onmessage: ((event: MessageEvent<NumberedRequest>) => void) | null;
  postMessage(answer: WorkerAnswer | WorkerExit): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;

/**
 * Serves as a worker of a pool. To be called by the entry module of a Web Worker.
 *
 * @param build makes the services from the data of the pool's `setup`
 */
export function serveAsWorker(
  build: (setup: never) => WorkerServices | Promise<WorkerServices>,
): void {
  let serving: ServingWorker | undefined;
  let starting: Promise<unknown> | undefined;
  const start = async (request: Start, done: () => void) => {
    serving = new ServingWorker(request, await build(request.setup as never), done);
  };
  scope.onmessage = async ({ data: { id, request } }) => {
    const done = (result?: unknown) => scope.postMessage({ id, result });
    try {
      if (request.kind === "start") return await (starting = start(request, done));
      // A request may arrive while the services are built.
      await starting;
      serving!.handle(request, done, () => scope.close());
    } catch (error) {
      scope.postMessage({ id, failure: (error as Error).message });
    }
  };
  onUncaught((error) => {
    const end = () => {
      scope.postMessage({ exitReason: error instanceof Error ? error.message : String(error) });
      scope.close();
    };
    // The thread closes its descriptors itself, as only it knows all of them; then it ends in any case.
    Promise.resolve(serving?.close()).then(end, end);
  });
}

/** Calls back with the first uncaught error; later ones are consequences of it. */
function onUncaught(callback: (error: unknown) => void): void {
  let caught = false;
  const take = (event: { preventDefault(): void }, error: unknown) => {
    event.preventDefault();
    if (caught) return;
    caught = true;
    callback(error);
  };
  scope.addEventListener("error", (event) => take(event, (event as ErrorEvent).error));
  scope.addEventListener("unhandledrejection", (event) => {
    take(event, (event as PromiseRejectionEvent).reason);
  });
}

/**
 * Terminates this thread at once, without running another line of script. A worker that was fenced must touch nothing:
 * its descriptors are not its own any more.
 */
function terminate(): never {
  scope.close();
  // V8 checks for termination at each iteration.
  for (;;);
}

type Start = Extract<WorkerRequest, { kind: "start" }>;

/** A worker of a pool, on its own thread. */
class ServingWorker {
  readonly #worker: number;
  readonly #shared: SharedState;
  readonly #served: WorkerServices;
  readonly #engine: Engine;
  readonly #drive: WorkerDrive;
  readonly #threadFd: number;
  #messages = 0;
  #closing: Promise<void> | undefined;

  constructor(start: Start, served: WorkerServices, ready: () => void) {
    this.#worker = start.worker;
    this.#served = served;
    this.#shared = new SharedState(start.shared);
    this.#threadFd = openThread();
    this.#shared.register(this.#worker, this.#threadFd);
    const log = logger("native").with({ worker: start.index });
    if (start.processor !== undefined) {
      try {
        libc.pinThread([start.processor]);
      } catch (error) {
        log.warn("A worker cannot be pinned", { processor: start.processor, error });
      }
    }
    this.#engine = new Engine({
      services: this.#served.services,
      tls: this.#served.tls,
      beforeSend: this.#served.beforeSend,
      meter: this.#served.meter,
      observer: this.#served.observer,
      limits: start.limits,
      log,
      assign: (socket) => this.#assign(socket),
      counts: new SharedConnectionCounts(this.#shared, this.#worker),
      holds: (fd, held) => this.#note(fd, held),
      onSettled: () => this.#drive.resume(),
      onDue: () => this.#drive.arm(),
      onProgress: () => this.#shared.markProgress(this.#worker),
    });
    const { poller } = this.#engine;
    poller.onWake = () => this.#takeConnections();
    this.#drive = new WorkerDrive(
      this.#engine,
      () => this.#awaitsMessage(),
      () => this.#afterTurn(),
    );
    this.#messages = 1;
    if (!this.#shared.start(this.#worker, poller.fd, poller.wakeFd)) terminate();
    ready();
    this.#drive.resume();
  }

  handle(
    request: Exclude<WorkerRequest, Start>,
    done: (result?: unknown) => void,
    exit: () => void,
  ): void {
    if (this.#shared.isFenced(this.#worker)) terminate();
    this.#messages++;
    switch (request.kind) {
      case "update":
        this.#served.update?.(request.update);
        done();
        break;
      case "limits":
        this.#engine.setLimits(request.limits);
        done();
        break;
      case "listen":
        this.#engine.accept(Listener.adopt(request.fd, request.address), true);
        done();
        break;
      case "stop-accepting":
        this.#engine.stopAccepting();
        done();
        break;
      case "inspect":
        done(this.#engine.inspect());
        break;
      case "release-memory":
        releaseSpareMemory();
        done();
        break;
      case "announce-drain":
        this.#served.announceDrain?.();
        this.#engine.announceDrain();
        done();
        break;
      case "drain":
        this.#served.drain();
        this.#engine.drain(() => done());
        break;
      case "close":
        this.close().then(() => done(this.#engine.drainCounts satisfies WorkerCalls)).then(exit);
        return;
    }
    this.#drive.resume();
  }

  /** Closes the connections and descriptors of this thread, and frees its keys. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#drive.stop();
    // An uncaught error of a microtask may end the worker within a turn of its engine (`src/node`).
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#shared.isFenced(this.#worker)) terminate();
    // From here on the main thread closes nothing for this worker.
    this.#shared.stop(this.#worker);
    libc.close(this.#threadFd);
    this.#engine[Symbol.dispose]();
    this.#served[Symbol.dispose]();
  }

  #afterTurn(): void {
    this.#shared.markProgress(this.#worker);
    if (this.#shared.isFenced(this.#worker)) terminate();
  }

  #awaitsMessage(): boolean {
    return this.#messages < this.#shared.announcedMessages(this.#worker);
  }

  /** Assigns a connection that was accepted here to the worker that has the fewest. */
  #assign(socket: Socket): void {
    if (this.#shared.isFenced(this.#worker)) terminate();
    if (!this.#shared.canOwn(socket.fd)) return socket.close();
    const target = this.#shared.fewest(this.#worker);
    this.#shared.addConnections(target, 1);
    if (target === this.#worker) return this.#engine.add(socket);
    const fd = socket.detach();
    this.#shared.own(target, fd);
    if (this.#shared.push(target, fd)) wakePoller(this.#shared.wakeFd(target));
    else this.#takeBack(target, fd);
    // A worker that has failed in between takes no descriptor out of its ring.
    if (!this.#shared.isServing(target)) this.#takeBack(target, fd);
  }

  #takeBack(target: number, fd: number): void {
    if (!this.#shared.disown(target, fd)) return;
    this.#shared.addConnections(target, -1);
    this.#shared.addConnections(this.#worker, 1);
    this.#engine.add(Socket.adopt(fd));
  }

  #takeConnections(): void {
    for (;;) {
      const fd = this.#shared.shift(this.#worker);
      if (fd === undefined) return;
      // A descriptor that was assigned to a failed predecessor has been taken back.
      if (this.#shared.owns(this.#worker, fd)) this.#engine.add(Socket.adopt(fd));
    }
  }

  #note(fd: number, owned: boolean): void {
    if (!this.#shared.canOwn(fd)) return;
    if (owned) this.#shared.own(this.#worker, fd);
    else if (!this.#shared.disown(this.#worker, fd) && this.#shared.isFenced(this.#worker)) {
      terminate();
    }
  }
}
