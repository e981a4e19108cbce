/** The peer for which limits are counted. @module */
import { libc } from "../ffi/mod.ts";
import { formatIp, parseIp } from "./ip.ts";
import type { Peer } from "./peer.ts";
import { isLoopback } from "./peer_locality.ts";

/** An IPv4 address as the kernel writes it, which needs no parsing. */
const IPV4 = /^\d+(?:\.\d+){3}$/;

/**
 * Returns the name of the peer for which limits are counted: the IP address without the port, the vsock CID, or
 * the uid of a Unix socket's process.
 *
 * An IPv6 address counts by its first 64 bits, because a host usually has the whole /64 (RFC 4291 section
 * 2.5.1). Undefined for loopback and CID 1, which say only that the peer is on this machine, possibly behind a
 * proxy, and for a peer that is not known: there each connection counts by itself.
 */
export function identityOf(peer: Peer): string | undefined {
  switch (peer.transport) {
    case "tcp":
      return identityOfHost(peer.host);
    case "vsock":
      return peer.cid === libc.VMADDR_CID_LOCAL ? undefined : `vsock:${peer.cid}`;
    case "unix":
      return `unix:uid=${peer.uid}`;
    case "unknown":
      return undefined;
  }
}

function identityOfHost(host: string): string | undefined {
  if (IPV4.test(host)) return host.startsWith("127.") ? undefined : `ip:${host}`;
  const ip = parseIp(host);
  if (ip === undefined || isLoopback(ip)) return undefined;
  // An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is the same peer as its IPv4 address.
  const mapped = ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 255 && ip[11] === 255;
  if (mapped) return `ip:${formatIp(ip.subarray(12))}`;
  const network = new Uint8Array(16);
  network.set(ip.subarray(0, 8));
  return `ip:${formatIp(network)}/64`;
}
