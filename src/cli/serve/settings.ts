/** Settings that can change while a server runs. @module */
import type { RequestLimits } from "../../api/mod.ts";
import { type LogLevels, setLogLevels } from "../../telemetry/mod.ts";
import type { Limits } from "./options/mod.ts";

/** The settings that can change while a server runs. */
export interface ServeSettings {
  readonly limits: Limits;
  readonly logLevel: LogLevels;
}

/** Applies settings to the logs of this thread, and to the limits that its services read. */
export function applySettings(
  { logLevel, limits: { maxRequestBytes, maxBatchItems } }: ServeSettings,
  limits: RequestLimits,
): void {
  setLogLevels(logLevel);
  Object.assign(limits, { maxRequestBytes, maxBatchItems });
}
