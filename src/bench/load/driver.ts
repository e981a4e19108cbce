/** The client of a load thread. @module */
import type { Control } from "./control.ts";

/** A client that makes requests, or a test double of one. */
export interface Driver extends AsyncDisposable {
  /** True if the thread blocks in `wait()`; false if it must return to its event loop. */
  readonly blocking: boolean;
  /**
   * Connects before a deadline in milliseconds since 1970. Returns early, without connections, when the load is stopped.
   *
   * @throws {RpcError} UNAVAILABLE
   */
  connect(deadline: number, control: Control): Promise<void>;
  /**
   * Sends a request. Its end is reported to the listener with the slot.
   *
   * @param now the time on the clock of `performance.now()`
   */
  send(slot: number, now: number): void;
  /** Writes the requests that were sent in this turn. */
  flush(): void;
  /** Waits for events for up to `milliseconds`. Blocking drivers only. */
  wait(milliseconds: number): void;
  /** Returns true while the driver needs the event loop to reconnect. */
  needsEventLoop(): boolean;
}

/** Receives the ends of requests. */
export interface DriverListener {
  /**
   * @param outcome a status code, or another outcome of the collector
   * @param at the time at which the response was received, on the clock of `performance.now()`
   */
  onEnd(slot: number, outcome: number, message: string, at: number): void;
}
