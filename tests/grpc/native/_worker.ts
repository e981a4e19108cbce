/** The entry of workers under test: `test.Kinds` with handlers that return the name of their worker. @module */
import { bidi, serverStream, unary } from "../../../src/grpc/mod.ts";
import { serveAsWorker } from "../../../src/grpc/native/workers/mod.ts";
import { allowedProcessors } from "../../../src/grpc/native/workers/_processors.ts";
import { kindsService } from "../_rig.ts";
import { busyFor } from "./_busy.ts";

/** The content of a request to `Unary`: instructions for the worker. */
export type Asked =
  | "who"
  | "processors"
  | "later"
  | "setup"
  | "die"
  | "end"
  | "busy"
  | "hang"
  | "hang later";

/** Spins until a flag of the pool's setup is set. */
function hang(setup: unknown): string {
  const { release } = setup as { release: Int32Array };
  while (Atomics.load(release, 0) === 0);
  return "released";
}

/** The setup of a worker that takes a while to start. */
const SLOW = "slow";

serveAsWorker(async (setup: unknown) => {
  if (setup === SLOW) await new Promise((resolve) => setTimeout(resolve, 500));
  const draining = Promise.withResolvers<void>();
  const service = kindsService({
    Unary: unary((asked: Asked) => {
      switch (asked) {
        case "who":
          return (globalThis as unknown as { name: string }).name;
        case "processors":
          return allowedProcessors();
        case "setup":
          return setup;
        case "later":
          return new Promise((resolve) => setTimeout(() => resolve("later"), 1));
        case "die":
          queueMicrotask(() => {
            throw new Error("told to die");
          });
          return new Promise(() => {});
        case "end":
          globalThis.close();
          return new Promise(() => {});
        case "busy":
          busyFor(50);
          return "done";
        case "hang":
          return hang(setup);
        case "hang later":
          return new Promise((resolve) => setTimeout(resolve, 1)).then(() => hang(setup));
      }
    }),
    /** Sends its first response at once, and the second at the drain. */
    Spread: serverStream(async function* () {
      yield "waiting";
      await draining.promise;
      yield "draining";
    }),
    Chat: bidi(async function* (requests: AsyncIterable<unknown>) {
      for await (const request of requests) yield request;
    }),
  });
  return { services: [service], drain: () => draining.resolve(), [Symbol.dispose]() {} };
});
