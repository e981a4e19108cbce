/** Warnings of `serve` about AF_VSOCK. @module */
import { type Address, type Check, checkVsock, formatAddress } from "../../net/mod.ts";
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

/** The options of `serve` that restrict callers. */
export interface CallerRestrictions {
  readonly tokens?: string;
  readonly rules?: string;
  readonly tlsClientCa?: string;
  readonly tlsClientAuth?: "require" | "request" | "none";
}

/**
 * Returns the warning for an AF_VSOCK address at which every caller may use every key; undefined where there is none,
 * or where options restrict callers. Unlike a TCP port, it is open to the other side of the VM alone, so the server
 * starts.
 */
export function openVsockWarning(
  places: readonly Address[],
  { tokens, rules, tlsClientCa, tlsClientAuth = "require" }: CallerRestrictions,
): string | undefined {
  const needsCertificate = tlsClientCa !== undefined && tlsClientAuth === "require";
  if (needsCertificate || (tokens ?? rules) !== undefined) return undefined;
  const open = places.find((place) => place.transport === "vsock" && place.cid !== LOCAL);
  if (open === undefined) return undefined;
  return `every process of the host or of its guests that connects to ${
    formatAddress(open)
  } may use every ` +
    "key: restrict callers with --rules, --tokens or --tls-client-ca";
}
