import { setImmediate } from "node:timers";
import { sharedReactor } from "../../net/mod.ts";

/**
 * Calls a function in the next turn of the event loop, after the reactor has handled its sockets. With `setImmediate` alone
 * in each turn, the sockets would wait for dozens of turns (`Reactor.poll()`).
 */
export function nextTurn(run: () => void): void {
  setImmediate(() => {
    sharedReactor().poll();
    run();
  });
}
