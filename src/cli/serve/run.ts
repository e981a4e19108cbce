import config from "../../../deno.json" with { type: "json" };
import type { ProviderChoice } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/contract/mod.ts";
import { openServer, type Stack } from "../../grpc/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { type Address, formatAddress, socketsSupported } from "../../net/mod.ts";
import {
  configureLogs,
  type Level,
  type LogFormat,
  type Logger,
  logger,
} from "../../telemetry/mod.ts";
import { signerServices } from "../../services/mod.ts";
import { writeResult } from "../output.ts";
import { openChosenProvider } from "../provider.ts";
import { onUncaught } from "../uncaught.ts";
import { type KeyOptions, loadKeys } from "./keys.ts";
import { type PlaceOptions, placesOf } from "./places.ts";
import { stopSignal } from "./stop_signal.ts";

/** The options of `signer serve`. */
export interface ServeOptions extends KeyOptions, PlaceOptions {
  readonly stack: Stack;
  readonly logLevel: Level;
  readonly logFormat: LogFormat;
  /** Permission bits. */
  readonly unixMode: number;
  readonly provider: ProviderChoice;
  /** Milliseconds. */
  readonly grace: number;
}

/** Serves until a signal says to stop, and returns once every call has ended or been cut off. */
export async function runServer(options: ServeOptions): Promise<void> {
  const places = placesOf(options);
  configureLogs({ level: options.logLevel, format: options.logFormat });
  const log = logger("serve");
  raiseDescriptorLimit(log);
  const provider = openChosenProvider(options.provider);
  using keys = await loadKeys(provider, options);
  const { stack } = options;
  const identity = { version: config.version, stack, provider };
  const { services, health } = signerServices(keys, identity, ({ error, ...call }) => {
    log.error("A call failed inside the server", { ...call, error });
  });
  const server = await openServer(stack, { services });
  // A defect in one call is not the end of the others'.
  using _uncaught = onUncaught((error) => log.error("Uncaught", { error }));
  try {
    const bound = await listen(server, places, options.unixMode);
    log.info("Serving", {
      version: config.version,
      stack,
      provider: provider.name,
      providerVersion: provider.version,
      keys: keys.size,
    });
    using stop = stopSignal();
    writeResult(`ready ${bound.map(formatAddress).join(" ")}\n`);
    log.info("Draining", { signal: await stop.received, graceMs: options.grace });
    health.drain();
    await server.drain(options.grace);
    log.info("Stopped");
  } finally {
    await server.close();
  }
}

/** Each connection is a descriptor: the server takes as many as it may have (getrlimit(2)). */
function raiseDescriptorLimit(log: Logger): void {
  if (!socketsSupported()) return;
  try {
    log.debug("Open files", { limit: libc.raiseDescriptorLimit().soft });
  } catch (error) {
    log.warn("The limit of open files stays as it is", { error });
  }
}

async function listen(
  server: RpcServer,
  places: readonly Address[],
  unixMode: number,
): Promise<Address[]> {
  const bound = [];
  for (const place of places) bound.push(await server.listen(place, { unixMode }));
  return bound;
}
