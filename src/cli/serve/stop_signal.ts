/** SIGINT and SIGTERM of a server. @module */
import { warn } from "../output.ts";

/** The signals that stop a server, with their numbers, which make the exit code of an immediate stop. */
const stopSignals = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * 1 s: signals this close together are one request to stop. Ctrl-C under `deno task` arrives twice, from
 * the terminal and from the task; a supervisor may send SIGTERM to the group and to the process.
 */
const REPEAT_MS = 1_000;

/**
 * Waits for SIGINT or SIGTERM: `received` resolves to the name of the first. Another one that comes more than
 * a second later ends the process at once, with 128 plus its number as shells have it.
 */
export function stopSignal(): { readonly received: Promise<string> } & Disposable {
  const { promise, resolve } = Promise.withResolvers<string>();
  let stoppedAt: number | undefined;
  const listeners = Object.entries(stopSignals).map(([name, number]) => {
    const listener = () => {
      const now = performance.now();
      stoppedAt ??= now;
      if (now - stoppedAt > REPEAT_MS) {
        warn(`${name} again: calls under way are cut off`);
        Deno.exit(128 + number);
      }
      resolve(name);
    };
    Deno.addSignalListener(name as Deno.Signal, listener);
    return () => Deno.removeSignalListener(name as Deno.Signal, listener);
  });
  return {
    received: promise,
    [Symbol.dispose]: () => listeners.forEach((remove) => remove()),
  };
}
