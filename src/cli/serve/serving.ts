import type { CryptoProvider, KeyRing, SharedKeyStore } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/mod.ts";
import {
  chosenStack,
  openServer,
  openWorkerServer,
  type Stack,
  type StackChoice,
  type WorkerServer,
} from "../../grpc/stacks/mod.ts";
import type { ServerIdentity } from "../../services/mod.ts";
import {
  errorReports,
  type Level,
  type LogFormat,
  logger,
  logTarget,
} from "../../telemetry/mod.ts";
import type { ServeSetup, ServeUpdate } from "./worker.ts";

/** What serves, and with how many threads. */
export interface ServingOptions {
  readonly stack: StackChoice;
  /**
   * Threads that serve; 0 is the main thread alone. `auto` is one for each processor that the process may
   * use, of several.
   */
  readonly workers: number | "auto";
  /** Whether each worker stays on a processor of its own, of those. */
  readonly pin?: boolean;
  readonly logLevel: Level;
  readonly logFormat: LogFormat;
}

/** A server that serves keys, and what it runs on. */
export interface Serving {
  readonly server: RpcServer;
  readonly stack: Stack;
  readonly workers: number;
  /** Stops gracefully: tells those who watch the server's health, then as `RpcServer.drain()`. */
  drain(graceMs: number): Promise<void>;
  /** Gives the current keys of the ring to the workers, in place of those that retired as `generation`. */
  publishKeys(generation: number): Promise<void>;
  /** Has the workers dispose of the retired keys up to a generation. */
  releaseKeys(generation: number): Promise<void>;
}

/** A server over keys, on the stack and the threads that the options name. */
export async function openServing(
  options: ServingOptions,
  version: string,
  provider: CryptoProvider,
  keys: KeyRing,
): Promise<Serving> {
  const stack = await chosenStack(options.stack);
  const { name, version: providerVersion } = provider;
  const identity = { version, stack, provider: { name, version: providerVersion } };
  const workers = stack === "native" ? chosenWorkers(options.workers) : 0;
  if (workers > 0) {
    const server = await openWorkers(options, workers, identity, keys);
    return {
      server,
      stack,
      workers,
      drain: (graceMs) => server.drain(graceMs),
      publishKeys: (generation) =>
        server.update(() => {
          const shared = keys.current.share();
          const data = { keys: shared, generation } satisfies ServeUpdate;
          return { data, transfer: secretsOf(shared) };
        }),
      releaseKeys: (release) => server.update(() => ({ data: { release } satisfies ServeUpdate })),
    };
  }
  const report = errorReports(logger("serve"));
  // Loaded here, as it takes memory: a main thread that has workers serves nothing itself.
  const { signerServices } = await import("../../services/mod.ts");
  const { services, health } = signerServices(keys, identity, ({ error, ...call }) => {
    report("A call failed inside the server", { ...call, error });
  });
  const server = await openServer(stack, { services });
  const drain = (graceMs: number) => {
    health.drain();
    return server.drain(graceMs);
  };
  // The services use the ring itself.
  const nothing = () => Promise.resolve();
  return { server, stack, workers, drain, publishKeys: nothing, releaseKeys: nothing };
}

/** Key bytes, where a provider has to post any: they are moved to the other thread and not copied. */
function secretsOf(shared: SharedKeyStore): Transferable[] {
  return shared.flatMap(({ key }) => "pkcs8" in key ? [key.pkcs8.buffer] : []);
}

function openWorkers(
  { pin, logLevel, logFormat }: ServingOptions,
  workers: number,
  identity: ServerIdentity,
  keys: KeyRing,
): Promise<WorkerServer> {
  const logs = { level: logLevel, format: logFormat, target: logTarget() };
  return openWorkerServer({
    workers,
    pin,
    entry: new URL("./worker.ts", import.meta.url),
    setup: () => {
      const shared = keys.current.share();
      const data = { keys: shared, identity, logs } satisfies ServeSetup;
      return { data, transfer: secretsOf(shared) };
    },
  });
}

function chosenWorkers(choice: number | "auto"): number {
  if (choice !== "auto") return choice;
  // Those that this process may use (sched_getaffinity(2), cgroups(7)), which may be fewer than there are.
  const processors = navigator.hardwareConcurrency;
  return processors > 1 ? processors : 0;
}
