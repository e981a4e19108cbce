/** The drain of a server, from the signal to its report. @module */
import type { Logger } from "../../telemetry/mod.ts";
import type { ServiceManager } from "./service_manager.ts";
import type { Serving } from "./serving.ts";
import type { StopSignal, StopSignals } from "./stop_signal.ts";

/** The times of a drain, in milliseconds. */
export interface DrainOptions {
  /** From the announcement to the drain itself: balancers see NOT_SERVING, and calls are still accepted. */
  readonly drainDelay: number;
  /** For active calls to complete. */
  readonly grace: number;
}

/** 10 s, for the server to close after the grace. */
const CLOSE_MS = 10_000;

/**
 * Drains a server, and logs a report.
 *
 * ```text
 * serving ── signal ──▶ announced ── delay, or a signal ──▶ draining ── no call is left ──▶ stopped
 *                                                              └── grace, or a signal ──▶ calls cut off, stopped
 * ```
 *
 * A further signal while calls are cut off ends the process.
 *
 * @returns the signal that cut calls off, if one did
 */
export async function drainOnSignal(
  serving: Pick<Serving, "announceDrain" | "drain" | "server">,
  first: StopSignal,
  signals: StopSignals,
  { drainDelay, grace }: DrainOptions,
  manager: ServiceManager | undefined,
  log: Logger,
): Promise<StopSignal | undefined> {
  const began = performance.now();
  log.info("Draining", { signal: first.name, delayMs: drainDelay, graceMs: grace });
  manager?.stopping(drainDelay + grace + CLOSE_MS);
  // Not awaited: a worker that hangs does not answer.
  serving.announceDrain().catch((error) => log.error("A drain cannot be announced", { error }));
  if (drainDelay > 0) {
    const hurry = await signals.wait(drainDelay);
    if (hurry) log.info("The delay of the drain is skipped", { signal: hurry.name });
  }
  const drained = serving.drain(grace);
  const hurry = await Promise.race([drained.then(() => undefined), signals.next()]);
  if (hurry !== undefined) {
    log.warn("Calls are cut off", { signal: hurry.name });
    signals.endProcessAtNext();
    await serving.server.close();
  }
  const { served, cut, silentWorkers } = await drained;
  log.info("Stopped", {
    served,
    cut,
    seconds: Math.round(performance.now() - began) / 1_000,
    ...(silentWorkers > 0 ? { silentWorkers } : {}),
  });
  return hurry;
}
