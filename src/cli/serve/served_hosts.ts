/**
 * The hosts by which clients may ask for pages of this machine.
 *
 * A site can have its name resolve to 127.0.0.1 once its page is open (DNS rebinding). A browser on this machine then takes
 * the pages there for those of the site, and lets its script read them. The field Host still has the name of the site, and
 * a name is needed: to an address, a browser applies the origin of that address. Node.js's inspector and Chromium's
 * DevTools make the same check. Prometheus, Envoy's admin pages and Go's pprof make none, so there is none on addresses
 * that the network can reach, which scrapers call by names of all kinds.
 *
 * @module
 */
import { type Address, isLoopbackHost } from "../../net/mod.ts";

/** Returns true for a value of Host (RFC 9110 section 7.2) that is served; undefined is a request without the field. */
export type ServedHosts = (host: string | undefined) => boolean;

/** A host and a port, with an IPv6 address in brackets. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::[0-9]*)?$/;
const IPV4 = /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/;

/**
 * Returns the check of the hosts for an address: on a loopback address IP addresses, `localhost` and further names, and
 * otherwise all.
 *
 * @param names further names, without a port
 */
export function servedHosts(address: Address, names: readonly string[]): ServedHosts {
  if (address.transport !== "tcp" || !isLoopbackHost(address.host)) return () => true;
  const served = new Set(names.map((name) => name.toLowerCase()));
  return (host) => {
    if (host === undefined) return true;
    const name = HOST.exec(host)?.[1]?.toLowerCase();
    if (name === undefined) return false;
    // RFC 6761 section 6.3: names under localhost resolve to loopback addresses only.
    const isLocal = name === "localhost" || name.endsWith(".localhost");
    return isLocal || name.startsWith("[") || IPV4.test(name) || served.has(name);
  };
}
