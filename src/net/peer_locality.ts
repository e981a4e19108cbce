import { parseIp } from "./ip.ts";

/**
 * Reports a peer on this machine, from the text that handlers get: `unix:…`, vsock CID 1, or a loopback
 * address, as `tcp://127.0.0.1:4242` or, on the reference stack, as `::1:4242`.
 *
 * A peer behind a tunnel or a relay on this machine looks local. Use the result to choose information that is
 * worth sending, never to authorize.
 */
export function isLocalPeer(peer: string): boolean {
  if (peer.startsWith("unix:") || /^vsock:1:\d+$/.test(peer)) return true;
  const host = /^(?:tcp:\/\/)?\[?([^[\]]+)\]?:\d+$/.exec(peer)?.[1];
  const ip = host === undefined ? undefined : parseIp(host);
  return ip !== undefined && isLoopback(ip);
}

/** Reports whether a host of an address is this machine alone: `localhost` (RFC 6761 section 6.3) or a loopback address. */
export function isLoopbackHost(host: string): boolean {
  const ip = parseIp(host);
  return ip === undefined ? host.toLowerCase() === "localhost" : isLoopback(ip);
}

/** 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291 section 2.5.3), and 127.0.0.0/8 mapped to IPv6. */
export function isLoopback(ip: Uint8Array): boolean {
  if (ip.length === 4) return ip[0] === 127;
  const zeros = ip.subarray(0, 10).every((byte) => byte === 0);
  if (zeros && ip[10] === 0xff && ip[11] === 0xff) return ip[12] === 127;
  return zeros && ip.subarray(10, 15).every((byte) => byte === 0) && ip[15] === 1;
}
