import { warn } from "../output.ts";

/** The signals that stop a server, with their numbers, which make the exit code of a hasty stop. */
const stopSignals = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Waits for SIGINT or SIGTERM: `received` resolves to the first one's name. A second one ends the process
 * at once, with 128 plus its number as shells have it.
 */
export function stopSignal(): { readonly received: Promise<string> } & Disposable {
  const { promise, resolve } = Promise.withResolvers<string>();
  let stopping = false;
  const listeners = Object.entries(stopSignals).map(([name, number]) => {
    const listener = () => {
      if (stopping) {
        warn(`${name} again: calls under way are cut off`);
        Deno.exit(128 + number);
      }
      stopping = true;
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
