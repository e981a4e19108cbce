import { formatIp, parseIp } from "./ip.ts";
import { isLocalPeer } from "./peer_locality.ts";

/** An IPv4 address with a port, as inet_ntop(3) writes it. */
const IPV4_PEER = /^(?:tcp:\/\/)?(\d+(?:\.\d+){3}):\d+$/;

/**
 * Name of the peer for which limits are counted, from the text of a peer as both stacks write it: the IP
 * address without the port, the vsock CID, or the uid of a Unix socket's process.
 *
 * An IPv6 address counts by its first 64 bits, because a host usually has the whole /64 (RFC 4291 section
 * 2.5.1). Undefined for loopback and CID 1, which say only that the peer is on this machine, possibly behind a
 * proxy, and for a peer that is not known: there each connection counts by itself.
 */
export function peerIdentity(peer: string): string | undefined {
  // Most peers. The text of an IPv4 address is the kernel's, and needs no parsing.
  const ipv4 = IPV4_PEER.exec(peer);
  if (ipv4 !== null) return ipv4[1].startsWith("127.") ? undefined : `ip:${ipv4[1]}`;
  const uid = /^unix:.*\buid=(\d+)$/.exec(peer);
  if (uid !== null) return `unix:uid=${uid[1]}`;
  if (isLocalPeer(peer)) return undefined;
  const cid = /^vsock:(\d+):\d+$/.exec(peer);
  if (cid !== null) return `vsock:${cid[1]}`;
  const host = /^(?:tcp:\/\/)?\[?([^[\]]+)\]?:\d+$/.exec(peer)?.[1];
  const ip = host === undefined ? undefined : parseIp(host);
  return ip && `ip:${networkOf(ip)}`;
}

/** An IPv4 address as it is, also when it is mapped to IPv6; the /64 of an IPv6 address. */
function networkOf(ip: Uint8Array): string {
  if (ip.length === 4) return formatIp(ip);
  const mapped = ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 255 && ip[11] === 255;
  if (mapped) return formatIp(ip.subarray(12));
  const network = new Uint8Array(16);
  network.set(ip.subarray(0, 8));
  return `${formatIp(network)}/64`;
}
