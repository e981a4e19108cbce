/** The loop of a worker's thread, which runs its engine. @module */
import { setImmediate } from "node:timers";
import { type Engine, ReactorDrive } from "../server/mod.ts";

/**
 * The time until connections are read again while a message is awaited, which takes some microseconds: the main thread
 * announces a message right before it posts it.
 */
const MESSAGE_WAIT_MS = 1;

/**
 * Runs an engine on the thread of a worker.
 *
 * ```text
 * blocking ── a handler returned a promise, or the main thread posted a message ──▶ on the event loop
 *    ▲──────────── all promises are settled, and all messages received ────────────────┘
 * ```
 *
 * While blocking, the thread waits in epoll_wait(2): an idle thread costs nothing, and answers at once when an event
 * wakes it. Deno's event loop does not run then, so promises of handlers would never settle, and messages would not
 * arrive: for these the engine runs on the event loop.
 */
export class WorkerDrive {
  readonly #engine: Engine;
  readonly #awaitsMessage: () => boolean;
  readonly #afterTurn: () => void;
  readonly #reactorDrive: ReactorDrive;
  #phase: "blocking" | "on-the-loop" | "stopped" = "on-the-loop";
  #resuming = false;
  /** Runs while a message is awaited, and no reactor. */
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param awaitsMessage reports whether a message was posted to this thread that it has not received
   * @param afterTurn called after each turn
   */
  constructor(engine: Engine, awaitsMessage: () => boolean, afterTurn: () => void) {
    this.#engine = engine;
    this.#awaitsMessage = awaitsMessage;
    this.#afterTurn = afterTurn;
    this.#reactorDrive = new ReactorDrive(engine, () => {
      afterTurn();
      this.resume();
    });
  }

  /** Blocks again, from the next turn of the event loop on, if nothing needs that loop. */
  resume(): void {
    if (this.#resuming || this.#phase !== "on-the-loop" || this.#needsEventLoop()) return;
    this.#resuming = true;
    setImmediate(() => {
      this.#resuming = false;
      this.#run();
    });
  }

  /** Reads the engine's timeout again, after a change outside of a turn. */
  arm(): void {
    this.#reactorDrive.arm();
  }

  /** Stops running the engine. */
  async stop(): Promise<void> {
    this.#phase = "stopped";
    clearTimeout(this.#waiting);
    await this.#reactorDrive.stop();
  }

  #run(): void {
    if (this.#isStopped()) return;
    clearTimeout(this.#waiting);
    this.#phase = "blocking";
    while (!this.#needsEventLoop()) {
      this.#engine.turn(this.#engine.timeout);
      this.#afterTurn();
    }
    if (this.#isStopped()) return;
    this.#phase = "on-the-loop";
    // The reactor is for asynchronous calls: it takes 2 MB of the thread, and most workers never have one.
    if (this.#engine.asyncCalls > 0 || this.#reactorDrive.isRunning) this.#reactorDrive.start();
    else this.#awaitMessage();
  }

  /** Lets the event loop deliver a message, after which `resume()` is called. */
  #awaitMessage(): void {
    this.#waiting = setTimeout(() => {
      if (this.#phase !== "on-the-loop" || this.#reactorDrive.isRunning) return;
      this.#engine.turn(0);
      this.#afterTurn();
      this.#run();
    }, MESSAGE_WAIT_MS);
  }

  #isStopped(): boolean {
    return this.#phase === "stopped";
  }

  #needsEventLoop(): boolean {
    return this.#isStopped() || this.#engine.asyncCalls > 0 || this.#awaitsMessage();
  }
}
