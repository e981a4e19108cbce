/** `signer serve`: from options to a running server, and to its end. @module */
import config from "../../../deno.json" with { type: "json" };
import { KeyRing } from "../../crypto/mod.ts";
import type { RpcServer } from "../../grpc/mod.ts";
import type { LoadingThread } from "../../grpc/stacks/mod.ts";
import { type Address, formatAddress } from "../../net/mod.ts";
import type { PipelineCounters } from "../../pipeline/mod.ts";
import { configureLogs, logger, logTarget, writeFitting } from "../../telemetry/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { redirectStandardError, warn, writeResult } from "../output.ts";
import { adviseOnLibrary, openChosenProvider } from "../provider.ts";
import { closeInspector, onHangup } from "../signals.ts";
import { onUncaught } from "../uncaught.ts";
import { takePassedSockets } from "./activation.ts";
import { openAudit } from "./audit.ts";
import { describe } from "./description.ts";
import { countsOf, loadPolicy } from "./access.ts";
import { ExpiryWatch } from "./expiry.ts";
import { KeyMemory, refuseUnneededCalls, warnOfRoot } from "./hardening.ts";
import { sendStandardErrorTo } from "./log_to.ts";
import type { Measured, ServerMetrics } from "./metrics.ts";
import { raiseFileLimit } from "./file_limit.ts";
import { limitsOf } from "./limits.ts";
import { loadKeys, warnOfGenerated } from "./keys/mod.ts";
import type { ServeConfiguration } from "./configuration.ts";
import { Passphrases } from "../passphrase/mod.ts";
import { drainOnSignal } from "./drain.ts";
import { type Place, placesOf } from "./places.ts";
import { openServing } from "./serving.ts";
import { Reloader } from "./reload.ts";
import { RevocationWatch } from "./revocation_expiry.ts";
import { TicketRotation } from "./ticket_rotation.ts";
import { refusePlaintext, ServerTls, warnOfOpenMetrics } from "./tls.ts";
import { SigningWatch } from "./signing_watch.ts";
import { StopSignals } from "./stop_signal.ts";
import { ServiceManager, takeManagerLink } from "./service_manager.ts";
import { FileWatch, watchedPaths } from "./watch.ts";
import { inheritedDescriptors, needsSupervisor, supervise } from "./supervisor.ts";
import { openVsockWarning, warnOfVsock } from "./vsock_warnings.ts";

/**
 * Serves until SIGTERM or SIGINT. Resolves when every call has ended or was cut off after the grace.
 *
 * @param reread reads the configuration again
 * @param threads threads that load the module of workers already (`startThreads()`)
 * @throws {CliError} when a further signal has cut calls off
 */
export async function runServer(
  { values: options, file }: ServeConfiguration,
  reread: () => Promise<ServeConfiguration>,
  threads: readonly LoadingThread[],
): Promise<void> {
  const inherited = inheritedDescriptors();
  const sockets = inherited?.sockets ?? takePassedSockets();
  const found = placesOf(options, sockets);
  const places = inherited?.listeners ?? found.services;
  const limits = limitsOf(options);
  using _logs = options.logTo === undefined ? undefined : await sendStandardErrorTo(options.logTo);
  configureLogs({ levels: options.logLevel, format: options.logFormat });
  const stderr = logTarget();
  redirectStandardError((bytes) => writeFitting(stderr, bytes));
  const log = logger("serve");
  const link = inherited ? inherited.manager : takeManagerLink();
  using manager = link && new ServiceManager(link, log);
  const supervises = !inherited && needsSupervisor(options);
  refuseUnneededCalls(log, { mayStart: supervises });
  if (!inherited && found.unused.length > 0) {
    log.warn("Sockets of the service manager are not used: no option names them", {
      names: found.unused.map(({ name }) => name),
    });
  }
  if (supervises) {
    // The child has reported the reason of its end.
    Deno.exit(await supervise(places, sockets, options, manager, log));
  }
  const stop = new StopSignals();
  warnOfRoot(log);
  raiseFileLimit(limits.maxConnections, log);
  const provider = openChosenProvider(options.provider);
  const secureMemory = provider.name === "builtin" ? undefined : options.secureMemory;
  const keyMemory = new KeyMemory(secureMemory, log);
  // A process in the place of one that ended by a signal starts when nobody attends to it.
  using passphrases = new Passphrases(options, inherited?.isRestart ? "later" : "start");
  stop.endsAtFirst = true;
  const { store, generated } = await loadKeys(provider, options, passphrases);
  using keys = new KeyRing(store);
  using tls = await ServerTls.load(provider, options, passphrases);
  stop.endsAtFirst = false;
  keyMemory.expectRoom();
  refusePlaintext(places.map(({ address }) => address), tls, options);
  warnOfOpenMetrics(found.metrics?.address);
  const policy = await loadPolicy(options);
  const { version } = config;
  await using audit = await openAudit(options, passphrases, version, provider, store, log);
  passphrases[Symbol.dispose]();
  // After all that may refuse the start.
  warnOfGenerated(generated);
  closeInspector();
  if (stop.isRequested) return log.info("Stopped before it served");
  const metrics = found.metrics && await serverMetrics({
    version,
    provider,
    keys,
    certificates: () => tls?.files.certificates ?? [],
    revocationLists: () => tls?.files.revocationLists ?? [],
  });
  using _lag = metrics?.watchEventLoop();
  using _pages = metrics &&
    await (await import("./http.ts")).openHttp(found.metrics!, metrics.pages(), options, log);
  const pipelines = options.pipelines ? await pipelineCounters() : undefined;
  if (pipelines) metrics?.addPipelines(pipelines);
  const serving = await openServing({
    ...{ options, limits, version, provider, keys, tls, policy, audit: audit?.log, metrics },
    ...{ pipelineCounters: pipelines?.memory, threads },
  });
  const { server, stack, workers } = serving;
  // An error in one call must not end the others.
  using _uncaught = onUncaught((error) => log.error("Uncaught", { error }));
  let phase: "starting" | "serving" | "draining" = "starting";
  try {
    let bound: readonly Address[] = [];
    // Before the listeners: an address that cannot be bound ends the start before a call is taken.
    using _control = found.control &&
      await (await import("./control.ts")).openControl(found.control, () =>
        describe({
          version,
          provider: `${provider.name}, ${provider.version}`,
          serving,
          phase,
          listeners: bound,
          keys: keys.current.size,
        }), log);
    bound = await listen(server, places, options.unixMode);
    // Not of the manager's sockets: its unit may forbid this process to make some of its own.
    warnOfVsock(bound.filter((_, at) => !sockets.some(({ fd }) => fd === places[at].fd)));
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
    using revocations = new RevocationWatch(() => tls?.files.revocationLists ?? [], log);
    using _tickets = tls && new TicketRotation(() => {
      tls.files.renewTicketKeys();
      serving.publish({ generation: undefined, policy: undefined, tls: true, settings: undefined })
        .catch((error) => log.error("The keys of session tickets stay", { error }));
    });
    using _signing = new SigningWatch(() => keys.current.canSign, () => {
      // A worker that cannot be reached has ended, and its watches with it.
      serving.refreshHealth().catch(() => {});
    });
    using reloader = new Reloader({
      provider,
      options,
      reread: async () => (await reread()).values,
      hasConfigFile: file !== undefined,
      keys,
      tls,
      generated: generated.map(({ id }) => id),
      checkKeys: audit?.expectOtherKeys,
      log,
      async publish(replaced) {
        await serving.publish(replaced);
        if (replaced.settings !== undefined) metrics?.changeLimits({ ...replaced.settings.limits });
        if (replaced.tls || replaced.generation !== undefined) expiry.look();
        if (replaced.tls) revocations.look();
      },
      release: serving.releaseKeys,
      onBegin: () => manager?.reloading(),
      onEnd: (status) => manager?.ready(status),
      onOutcome: metrics && ((outcome) => metrics.onReload(outcome)),
    });
    using _watch = options.watchConfig
      ? new FileWatch(() => watchedPaths(reloader.options, file), () => reloader.request(), log)
      : undefined;
    onHangup(() => {
      reloader.request();
      audit?.log.reopen(serving.reopenAudit).catch((error) => {
        log.error("The audit file cannot be opened again", { reason: error.message });
      });
    });
    closeInspector();
    phase = "serving";
    metrics?.enter(phase, {
      ...{ stack, workers, limits: { ...limits }, tls: tls !== undefined },
      listeners: bound.map(formatAddress),
    });
    if (!inherited?.isRestart) writeResult(`ready ${bound.map(formatAddress).join(" ")}\n`);
    manager?.ready(`Serving on ${bound.map(formatAddress).join(" ")}`);
    manager?.startWatchdog(serving.responds);
    await adviseOnLibrary(provider, store, log);
    const first = await stop.first;
    phase = "draining";
    metrics?.enter(phase);
    const last = await drainOnSignal(serving, first, stop, reloader.options, manager, log);
    await audit?.log.close();
    if (last !== undefined) {
      throw new CliError(last.exitCode, `Calls were cut off by a second signal, ${last.name}`);
    }
    stop.endProcessAtNext(ExitCode.done);
  } finally {
    await server.close();
  }
}

/** Creates the metrics. */
async function serverMetrics(measured: Measured): Promise<ServerMetrics> {
  // Imported here for its library, which servers without metrics do not load.
  const { ServerMetrics } = await import("./metrics.ts");
  return new ServerMetrics(measured);
}

/** Creates the counters of pipelines. */
async function pipelineCounters(): Promise<PipelineCounters> {
  // Imported here because most servers have no pipelines.
  const { createRegistry, PipelineCounters } = await import("../../pipeline/mod.ts");
  return new PipelineCounters([...createRegistry().keys()]);
}

/** Listens on every place. */
async function listen(
  server: RpcServer,
  places: readonly Place[],
  unixMode: number,
): Promise<Address[]> {
  const bound = [];
  for (const { address, fd } of places) {
    bound.push(await server.listen(address, { unixMode, inherited: fd }));
  }
  return bound;
}
