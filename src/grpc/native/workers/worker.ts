import { libc } from "../../../ffi/mod.ts";
import { Listener, Socket, wakePoller } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { Service } from "../../contract/mod.ts";
import { Engine } from "../server/mod.ts";
import { SharedState } from "./_shared_state.ts";
import { WorkerDrive } from "./_drive.ts";
import type { NumberedRequest, WorkerAnswer, WorkerRequest } from "./_messages.ts";

/** What a worker serves. It is disposed of when the worker ends in order. */
export interface WorkerServices extends Disposable {
  readonly services: readonly Service[];
  /** Told when the server drains, so that calls that would never end do. */
  drain(): void;
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<NumberedRequest>) => void) | null;
  postMessage(answer: WorkerAnswer): void;
  close(): void;
}

/**
 * Makes the calling module, the entry of a Web Worker, serve as one of a pool's.
 *
 * @param build makes the services of what the pool's `setup` gave
 */
export function serveAsWorker(build: (setup: never) => WorkerServices): void {
  const scope = globalThis as unknown as WorkerScope;
  let serving: ServingWorker | undefined;
  scope.onmessage = ({ data: { id, request } }) => {
    const done = (failure?: string) => scope.postMessage({ id, failure });
    try {
      if (request.kind === "start") serving = new ServingWorker(request, build, done);
      else serving!.handle(request, done, () => scope.close());
    } catch (error) {
      done((error as Error).message);
    }
  };
}

type Start = Extract<WorkerRequest, { kind: "start" }>;

/** A worker's side of a pool. */
class ServingWorker {
  readonly #worker: number;
  readonly #shared: SharedState;
  readonly #served: WorkerServices;
  readonly #engine: Engine;
  readonly #drive: WorkerDrive;
  #messages = 0;

  constructor(start: Start, build: (setup: never) => WorkerServices, ready: () => void) {
    this.#worker = start.worker;
    this.#shared = new SharedState(start.shared);
    const log = logger("native");
    if (start.processor !== undefined) {
      try {
        libc.pinThread([start.processor]);
      } catch (error) {
        log.warn("A worker cannot be pinned", { worker: start.worker, error });
      }
    }
    this.#served = build(start.setup as never);
    this.#engine = new Engine({
      services: this.#served.services,
      limits: start.limits,
      log,
      place: (socket) => this.#place(socket),
      owns: (fd, owned) => this.#note(fd, owned),
      onSettled: () => this.#drive.resume(),
      onDue: () => this.#drive.arm(),
    });
    const { poller } = this.#engine;
    poller.onWake = () => this.#takeConnections();
    this.#drive = new WorkerDrive(this.#engine, () => this.#awaitsMessage());
    this.#messages = 1;
    this.#shared.enter(this.#worker, poller.fd, poller.wakeFd);
    ready();
    this.#drive.resume();
  }

  handle(request: Exclude<WorkerRequest, Start>, done: () => void, exit: () => void): void {
    this.#messages++;
    switch (request.kind) {
      case "listen":
        this.#engine.accept(Listener.adopt(request.fd, request.address), true);
        done();
        break;
      case "stop-accepting":
        this.#engine.stopAccepting();
        done();
        break;
      case "drain":
        this.#served.drain();
        this.#engine.drain(done);
        break;
      case "close":
        this.#close().then(done).then(exit);
        return;
    }
    this.#drive.resume();
  }

  async #close(): Promise<void> {
    await this.#drive.stop();
    // From here on the main thread has nothing to close for this worker.
    this.#shared.retire(this.#worker);
    this.#engine[Symbol.dispose]();
    this.#served[Symbol.dispose]();
  }

  #awaitsMessage(): boolean {
    return this.#messages < this.#shared.announcedMessages(this.#worker);
  }

  /** Gives a connection that was accepted here to whoever has the fewest. */
  #place(socket: Socket): void {
    if (!this.#shared.canOwn(socket.fd)) return socket.close();
    const target = this.#shared.fewest(this.#worker);
    this.#shared.addConnections(target, 1);
    if (target === this.#worker) return this.#engine.add(socket);
    const fd = socket.detach();
    this.#shared.own(target, fd);
    if (this.#shared.push(target, fd)) wakePoller(this.#shared.wakeFd(target));
    else this.#takeBack(target, fd);
    // A worker that died meanwhile takes nothing out of its ring.
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
      // One that was given to a predecessor which died has been taken back.
      if (this.#shared.owns(this.#worker, fd)) this.#engine.add(Socket.adopt(fd));
    }
  }

  #note(fd: number, owned: boolean): void {
    if (owned) return this.#shared.own(this.#worker, fd);
    this.#shared.disown(this.#worker, fd);
    this.#shared.addConnections(this.#worker, -1);
  }
}
