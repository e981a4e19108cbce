/** Warnings of `serve` about AF_VSOCK. @module */
import { type Address, type Check, checkVsock } from "../../net/mod.ts";
import { warn } from "../output.ts";

/** VMADDR_CID_LOCAL (vsock(7)): only this machine itself can connect there. */
const LOCAL = 1;

/**
 * Warns when no other machine can reach the AF_VSOCK addresses among those of a server. listen(2) succeeds
 * even when the kernel has no transport for vsock.
 */
export function warnOfVsock(places: readonly Address[]): void {
  if (!places.some((place) => place.transport === "vsock" && place.cid !== LOCAL)) return;
  for (const { found, advice } of vsockObstacles(checkVsock())) {
    warn(`--vsock may be out of reach: ${found}${advice ? `: ${advice}` : ""}`);
  }
}

/**
 * The failed checks that matter to callers on other machines. Loopback does not, and neither does a missing
 * /dev/vsock alone, which only gives the CID.
 */
export function vsockObstacles(checks: readonly Check[]): Check[] {
  const missing = checks.filter(({ ok, subject }) => !ok && subject !== "vsock-loopback");
  return missing.every(({ subject }) => subject === "vsock-device") ? [] : missing;
}
