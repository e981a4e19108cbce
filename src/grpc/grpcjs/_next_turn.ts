import { setImmediate } from "node:timers";
import { sharedReactor } from "../../net/mod.ts";

/**
 * Calls a function in the next turn of the event loop, after the sockets of the reactor: `setImmediate` in each turn would
 * have them wait for dozens of turns (`Reactor.poll()`).
 */
export function nextTurn(run: () => void): void {
  setImmediate(() => {
    sharedReactor().poll();
    run();
  });
}
