/** The engine on Deno's event loop. @module */
import { clearImmediate, setImmediate } from "node:timers";
import { libc } from "../../../ffi/mod.ts";
import { loadReactor, Reactor } from "../../../net/mod.ts";
import type { Engine } from "./engine.ts";

/**
 * Runs an engine on Deno's event loop: a reactor watches its epoll, and one timer its next deadline.
 */
export class ReactorDrive {
  readonly #engine: Engine;
  readonly #afterTurn: () => void;
  readonly #reactor = new Reactor();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #phase: "new" | "running" | "stopped" = "new";

  /** @param afterTurn called after each turn */
  constructor(engine: Engine, afterTurn: () => void = () => {}) {
    this.#engine = engine;
    this.#afterTurn = afterTurn;
  }

  get isRunning(): boolean {
    return this.#phase === "running";
  }

  /** Starts to run the engine's turns, whenever it has events or a deadline. */
  start(): void {
    // A microtask may stop this drive meanwhile.
    if (this.#phase === "new") loadReactor();
    if (this.#phase === "new") {
      this.#phase = "running";
      this.#reactor.add(this.#engine.poller.fd, libc.EPOLLIN, { onReady: () => this.#turn() });
    }
    this.arm();
  }

  /** Reads the engine's `timeout` again, because it has changed outside a turn. */
  arm(): void {
    if (this.#phase !== "running") return;
    const { timeout } = this.#engine;
    if (timeout === 0) {
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined;
        this.#turn();
      });
      return;
    }
    const at = timeout < 0 ? Infinity : performance.now() + timeout;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#timerAt = Infinity;
      this.#turn();
    }, timeout);
  }

  /** Stops. Resolves when all resources are released. */
  async stop(): Promise<void> {
    if (this.#phase === "running") this.#reactor.remove(this.#engine.poller.fd);
    this.#phase = "stopped";
    clearTimeout(this.#timer);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    await this.#reactor.close();
  }

  #turn(): void {
    if (this.#phase !== "running") return;
    this.#engine.turn(0);
    this.arm();
    this.#afterTurn();
  }
}
