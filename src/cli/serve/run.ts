/** `signer serve`: from options to a running server, and to its end. @module */
import config from "../../../deno.json" with { type: "json" };
import { KeyRing, type ProviderChoice } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { type Address, formatAddress, parseAddress, socketsSupported } from "../../net/mod.ts";
import { configureLogs, type Logger, logger } from "../../telemetry/mod.ts";
import { warn, writeResult } from "../output.ts";
import { adviseOnLibrary, openChosenProvider } from "../provider.ts";
import { closeInspector, onHangup } from "../signals.ts";
import { onUncaught } from "../uncaught.ts";
import { openAudit, type ServeAuditOptions } from "./audit.ts";
import { countsOf, loadPolicy, type ServeAccessOptions } from "./access.ts";
import { ExpiryWatch } from "./expiry.ts";
import { KeyMemory, refuseUnneededCalls, warnOfRoot } from "./hardening.ts";
import { openHttp } from "./http.ts";
import { ServerMetrics } from "./metrics.ts";
import { limitsOf } from "./limits.ts";
import { type KeyOptions, loadKeys } from "./keys/mod.ts";
import { type PlaceOptions, placesOf } from "./places.ts";
import { openServing, type ServingOptions } from "./serving.ts";
import { Reloader } from "./reload.ts";
import { refusePlaintext, ServerTls, type ServeTlsOptions, warnOfOpenMetrics } from "./tls.ts";
import { stopSignal } from "./stop_signal.ts";
import { type Inherited, inheritedListeners, needsSupervisor, supervise } from "./supervisor.ts";
import { openVsockWarning, warnOfVsock } from "./vsock_warnings.ts";

/** The options of `signer serve`, as commander reads them. */
export interface ServeOptions
  extends
    KeyOptions,
    PlaceOptions,
    ServingOptions,
    ServeTlsOptions,
    ServeAccessOptions,
    ServeAuditOptions {
  /** Permission bits of Unix sockets. */
  readonly unixMode: number;
  readonly provider: ProviderChoice;
  /** The address of the HTTP server with the metrics. */
  readonly metrics?: string;
  /** Bytes of the memory for keys. */
  readonly secureMemory: number;
  /** Milliseconds that a stop waits for calls. */
  readonly grace: number;
}

/** Serves until SIGTERM or SIGINT. Resolves when every call has ended or was cut off. */
export async function runServer(options: ServeOptions): Promise<void> {
  const places = placesOf(options);
  const limits = limitsOf(options);
  const metricsPlace = options.metrics === undefined ? undefined : parseAddress(options.metrics);
  configureLogs({ levels: options.logLevel, format: options.logFormat });
  const log = logger("serve");
  const inherited = inheritedListeners();
  const supervises = !inherited && needsSupervisor(options);
  refuseUnneededCalls(log, { mayStart: supervises });
  if (supervises) {
    // The child has reported the reason of its end.
    Deno.exit(await supervise(places, options, log));
  }
  warnOfRoot(log);
  raiseFileLimit(log);
  const provider = openChosenProvider(options.provider);
  const secureMemory = provider.name === "openssl" ? options.secureMemory : undefined;
  const keyMemory = new KeyMemory(secureMemory, log);
  const { store, generated } = await loadKeys(provider, options);
  using keys = new KeyRing(store);
  using tls = await ServerTls.load(provider, options);
  keyMemory.expectRoom();
  refusePlaintext(places, tls, options);
  warnOfOpenMetrics(metricsPlace);
  const policy = await loadPolicy(options);
  const { version } = config;
  await using audit = await openAudit(options, version, provider, store, log);
  closeInspector();
  const metrics = metricsPlace && new ServerMetrics({
    version,
    provider,
    keys,
    certificates: () => tls?.files.certificates ?? [],
  });
  using _lag = metrics?.watchEventLoop();
  using _pages = metricsPlace && metrics &&
    await openHttp(metricsPlace, metrics.pages(), options.unixMode, log);
  const serving = await openServing(
    ...[options, limits, version, provider, keys, tls, policy, audit?.log, metrics] as const,
  );
  const { server, stack, workers } = serving;
  // An error in one call must not end the others.
  using _uncaught = onUncaught((error) => log.error("Uncaught", { error }));
  try {
    const bound = inherited
      ? await adopt(server, inherited)
      : await listen(server, places, options.unixMode);
    warnOfVsock(bound);
    const openVsock = openVsockWarning(bound, options);
    if (openVsock !== undefined) warn(openVsock);
    log.info("Serving", {
      version,
      stack,
      workers,
      provider: provider.name,
      providerVersion: provider.version,
      keys: store.size,
      tls: tls !== undefined,
      ...countsOf(policy),
    });
    using expiry = new ExpiryWatch(
      () => tls?.files.certificates ?? [],
      () => keys.current.list(),
      log,
    );
    using reloader = new Reloader({
      provider,
      options,
      keys,
      tls,
      generated,
      log,
      async publish(replaced) {
        await serving.publish(replaced);
        if (replaced.tls || replaced.generation !== undefined) expiry.look();
      },
      release: serving.releaseKeys,
      onOutcome: metrics && ((outcome) => metrics.onReload(outcome)),
    });
    using stop = stopSignal();
    onHangup(() => {
      reloader.request();
      audit?.log.reopen(serving.reopenAudit).catch((error) => {
        log.error("The audit file cannot be opened anew", { reason: error.message });
      });
    });
    closeInspector();
    metrics?.enter("serving", {
      ...{ stack, workers, limits: { ...limits }, tls: tls !== undefined },
      listeners: bound.map(formatAddress),
    });
    if (!inherited?.isRestart) writeResult(`ready ${bound.map(formatAddress).join(" ")}\n`);
    await adviseOnLibrary(provider, store, log);
    const signal = await stop.received;
    metrics?.enter("draining");
    log.info("Draining", { signal, graceMs: options.grace });
    await serving.drain(options.grace);
    await audit?.log.close();
    log.info("Stopped");
  } finally {
    await server.close();
  }
}

/** Raises the limit of open files, of which each connection takes one, to the kernel's maximum. */
function raiseFileLimit(log: Logger): void {
  if (!socketsSupported()) return;
  try {
    log.debug("Open files", { limit: libc.raiseDescriptorLimit().soft });
  } catch (error) {
    log.warn("The limit of open files cannot be raised", { error });
  }
}

/** Serves on the listening sockets of the supervisor. */
async function adopt(server: RpcServer, { listeners }: Inherited): Promise<Address[]> {
  const bound = [];
  for (const { fd, address } of listeners) {
    bound.push(await server.listen(address, { inherited: fd }));
  }
  return bound;
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
