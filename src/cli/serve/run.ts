/** `signer serve`: from options to a running server, and to its end. @module */
import config from "../../../deno.json" with { type: "json" };
import { KeyRing } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { type Address, formatAddress, parseAddress, socketsSupported } from "../../net/mod.ts";
import { configureLogs, type Logger, logger } from "../../telemetry/mod.ts";
import { warn, writeResult } from "../output.ts";
import { openChosenProvider } from "../provider.ts";
import { closeInspector, onHangup } from "../signals.ts";
import { onUncaught } from "../uncaught.ts";
import { openAudit } from "./audit.ts";
import { countsOf, loadPolicy } from "./access.ts";
import { ExpiryWatch } from "./expiry.ts";
import { KeyMemory, refuseUnneededCalls, warnOfRoot } from "./hardening.ts";
import { openHttp } from "./http.ts";
import { ServerMetrics } from "./metrics.ts";
import { limitsOf } from "./limits.ts";
import { loadKeys } from "./keys/mod.ts";
import type { ServeConfiguration } from "./configuration.ts";
import { placesOf } from "./places.ts";
import { openServing } from "./serving.ts";
import { Reloader } from "./reload.ts";
import { refusePlaintext, ServerTls, warnOfOpenMetrics } from "./tls.ts";
import { stopSignal } from "./stop_signal.ts";
import { FileWatch, watchedPaths } from "./watch.ts";
import { type Inherited, inheritedListeners, needsSupervisor, supervise } from "./supervisor.ts";
import { openVsockWarning, warnOfVsock } from "./vsock_warnings.ts";

/**
 * Serves until SIGTERM or SIGINT. Resolves when every call has ended or was cut off.
 *
 * @param reread reads the configuration again
 */
export async function runServer(
  { values: options, file }: ServeConfiguration,
  reread: () => Promise<ServeConfiguration>,
): Promise<void> {
  const places = placesOf(options);
  const limits = limitsOf(options);
  const metricsPlace = options.metrics === undefined ? undefined : parseAddress(options.metrics);
  configureLogs({ level: options.logLevel, format: options.logFormat });
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
  using _pages = metrics && await openHttp(metricsPlace, metrics.pages(), options.unixMode, log);
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
      reread: async () => (await reread()).values,
      hasConfigFile: file !== undefined,
      canSetLimits: server.setLimits !== undefined,
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
    using _watch = options.watchConfig
      ? new FileWatch(() => watchedPaths(reloader.options, file), () => reloader.request(), log)
      : undefined;
    using stop = stopSignal();
    onHangup(() => {
      reloader.request();
      audit?.log.reopen(serving.reopenAudit).catch((error) => {
        log.error("The audit file cannot be opened anew", { reason: error.message });
      });
    });
    closeInspector();
    metrics?.enter("serving", { stack, workers });
    if (!inherited?.isRestart) writeResult(`ready ${bound.map(formatAddress).join(" ")}\n`);
    const signal = await stop.received;
    metrics?.enter("draining");
    const { grace } = reloader.options;
    log.info("Draining", { signal, graceMs: grace });
    await serving.drain(grace);
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
