/** The engine on Deno's event loop. @module */
import { clearImmediate, setImmediate } from "node:timers";
import { libc } from "../../../ffi/mod.ts";
import { Reactor } from "../../../net/mod.ts";
import type { Engine } from "./engine.ts";

/** Milliseconds in which the next event is waited for, before Deno's event loop goes on. */
const LINGER_MS = 1;

/** Milliseconds after which the event loop goes on in any case: its timers and signals are late by no more. */
const MAX_LINGER_MS = 10;

/**
 * Runs an engine on Deno's event loop: a reactor watches its epoll, and one timer its next deadline. While events
 * follow each other within a millisecond, the engine waits for the next one itself: a turn of the event loop takes
 * longer than a small call.
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

  /** Starts to run the engine's turns, whenever it has events or a deadline. */
  start(): void {
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

  #linger(): void {
    const engine = this.#engine;
    const until = performance.now() + MAX_LINGER_MS;
    // Promises of handlers are settled by the event loop.
    while (this.#phase === "running" && engine.asyncCalls === 0 && performance.now() < until) {
      const { timeout } = engine;
      if (!engine.turn(timeout < 0 ? LINGER_MS : Math.min(LINGER_MS, timeout))) return;
    }
  }

  #turn(): void {
    if (this.#phase !== "running") return;
    if (this.#engine.turn(0)) this.#linger();
    this.arm();
    this.#afterTurn();
  }
}
