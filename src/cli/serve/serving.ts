import type { CryptoProvider, KeyStore } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/contract/mod.ts";
import {
  chosenStack,
  openServer,
  openWorkerServer,
  type Stack,
  type StackChoice,
} from "../../grpc/mod.ts";
import type { ServerIdentity } from "../../services/mod.ts";
import { type Level, type LogFormat, logger } from "../../telemetry/mod.ts";
import type { ServeSetup } from "./worker.ts";

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
}

/** A server over keys, on the stack and the threads that the options name. */
export async function openServing(
  options: ServingOptions,
  version: string,
  provider: CryptoProvider,
  keys: KeyStore,
): Promise<Serving> {
  const stack = await chosenStack(options.stack);
  const { name, version: providerVersion } = provider;
  const identity = { version, stack, provider: { name, version: providerVersion } };
  const workers = stack === "native" ? chosenWorkers(options.workers) : 0;
  if (workers > 0) {
    const server = await openWorkers(options, workers, identity, keys);
    return { server, stack, workers, drain: (graceMs) => server.drain(graceMs) };
  }
  const log = logger("serve");
  // Loaded here, as it takes memory: a main thread that has workers serves nothing itself.
  const { signerServices } = await import("../../services/mod.ts");
  const { services, health } = signerServices(keys, identity, ({ error, ...call }) => {
    log.error("A call failed inside the server", { ...call, error });
  });
  const server = await openServer(stack, { services });
  const drain = (graceMs: number) => {
    health.drain();
    return server.drain(graceMs);
  };
  return { server, stack, workers, drain };
}

function openWorkers(
  { pin, logLevel, logFormat }: ServingOptions,
  workers: number,
  identity: ServerIdentity,
  keys: KeyStore,
): Promise<RpcServer> {
  const logs = { level: logLevel, format: logFormat };
  return openWorkerServer({
    workers,
    pin,
    entry: new URL("./worker.ts", import.meta.url),
    setup: () => {
      const shared = keys.share();
      // Key bytes, where a provider has to post any, are moved and not copied.
      const transfer = shared.flatMap(({ key }) => "pkcs8" in key ? [key.pkcs8.buffer] : []);
      return { data: { keys: shared, identity, logs } satisfies ServeSetup, transfer };
    },
  });
}

function chosenWorkers(choice: number | "auto"): number {
  if (choice !== "auto") return choice;
  // Those that this process may use (sched_getaffinity(2), cgroups(7)), which may be fewer than there are.
  const processors = navigator.hardwareConcurrency;
  return processors > 1 ? processors : 0;
}
