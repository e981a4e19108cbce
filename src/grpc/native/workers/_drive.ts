import { setImmediate } from "node:timers";
import { type Engine, ReactorDrive } from "../server/mod.ts";

/**
 * Runs an engine on a thread of its own.
 *
 * ```text
 * blocking ── a handler answers with a promise, or a message is on its way ──▶ on the event loop
 *    ▲─────────────────── neither any more ──────────────────────────────────────────┘
 * ```
 *
 * While it blocks, the thread waits in epoll_wait(2) itself: an idle one costs nothing, and one that is
 * woken answers at once. Deno's event loop does not run then, so promises that are not the engine's own
 * would never settle: as long as there are any, the engine runs on the event loop instead.
 */
export class WorkerDrive {
  readonly #engine: Engine;
  readonly #awaitsMessage: () => boolean;
  readonly #afterTurn: () => void;
  readonly #reactorDrive: ReactorDrive;
  #phase: "blocking" | "on-the-loop" | "stopped" = "on-the-loop";
  #resuming = false;

  /**
   * @param awaitsMessage whether a message was posted to this thread that it has not got
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

  /** Goes back to blocking, in a turn of its own, if nothing needs the event loop. */
  resume(): void {
    if (this.#resuming || this.#phase !== "on-the-loop" || this.#needsEventLoop()) return;
    this.#resuming = true;
    setImmediate(() => {
      this.#resuming = false;
      this.#run();
    });
  }

  /** Looks at the engine's time again, which something else than a turn has changed. */
  arm(): void {
    this.#reactorDrive.arm();
  }

  /** Resolves when the engine is not run any more. */
  async stop(): Promise<void> {
    this.#phase = "stopped";
    await this.#reactorDrive.stop();
  }

  #run(): void {
    if (this.#phase === "stopped") return;
    this.#phase = "blocking";
    while (!this.#needsEventLoop()) {
      this.#engine.turn(this.#engine.timeout);
      this.#afterTurn();
    }
    this.#phase = "on-the-loop";
    this.#reactorDrive.start();
  }

  #needsEventLoop(): boolean {
    return this.#engine.asyncCalls > 0 || this.#awaitsMessage();
  }
}
