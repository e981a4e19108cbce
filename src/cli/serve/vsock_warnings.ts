import { type Address, type Check, checkVsock } from "../../net/mod.ts";
import { warn } from "../output.ts";

/** The CID of this machine itself (VMADDR_CID_LOCAL, vsock(7)): nobody else calls there. */
const LOCAL = 1;

/**
 * Warns of what is missing for anybody to reach the AF_VSOCK places among those of a server. The kernel lets a
 * server listen there whether or not anything carries vsock.
 */
export function warnOfVsock(places: readonly Address[]): void {
  if (!places.some((place) => place.transport === "vsock" && place.cid !== LOCAL)) return;
  for (const { found, advice } of vsockObstacles(checkVsock())) {
    warn(`--vsock may be out of reach: ${found}${advice ? `: ${advice}` : ""}`);
  }
}

/**
 * The checks that failed and matter to those who call from elsewhere: loopback does not, nor does
 * /dev/vsock alone, which only tells the CID.
 */
export function vsockObstacles(checks: readonly Check[]): Check[] {
  const missing = checks.filter(({ ok, subject }) => !ok && subject !== "vsock-loopback");
  return missing.every(({ subject }) => subject === "vsock-device") ? [] : missing;
}
