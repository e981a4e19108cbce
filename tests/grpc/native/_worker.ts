/** The entry of workers under test: `test.Kinds` with handlers that say where they run. */
import { bidi, serverStream, unary } from "../../../src/grpc/contract/mod.ts";
import { serveAsWorker } from "../../../src/grpc/native/workers/mod.ts";
import { kindsService } from "../_rig.ts";

/** What a call of `Unary` asks of the worker. */
export type Asked = "who" | "die" | "later" | "setup";

serveAsWorker((setup: unknown) => {
  const draining = Promise.withResolvers<void>();
  const service = kindsService({
    Unary: unary((asked: Asked) => {
      switch (asked) {
        case "who":
          return (globalThis as unknown as { name: string }).name;
        case "setup":
          return setup;
        case "later":
          return new Promise((resolve) => setTimeout(() => resolve("later"), 1));
        case "die":
          queueMicrotask(() => {
            throw new Error("told to die");
          });
          return new Promise(() => {});
      }
    }),
    /** Gives its first response at once, and the second with the drain. */
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
