/** The peer of a connection. @module */
import { libc } from "../ffi/mod.ts";
import { hostAndPort } from "./address.ts";
import { formatIp } from "./ip.ts";

/** The other end of a connection. */
export type Peer =
  | { readonly transport: "tcp"; readonly host: string; readonly port: number }
  | { readonly transport: "vsock"; readonly cid: number; readonly port: number }
  /** The process that connected, at that time (SO_PEERCRED). */
  | { readonly transport: "unix"; readonly pid: number; readonly uid: number; readonly gid: number }
  /** The peer closed the connection before its address was read. */
  | { readonly transport: "unknown" };

/** Formats a peer for logs: `vsock:3:1024`, `tcp://127.0.0.1:4242`, `unix:pid=7,uid=1000`. */
export function formatPeer(peer: Peer): string {
  switch (peer.transport) {
    case "tcp":
      return `tcp://${hostAndPort(peer.host, peer.port)}`;
    case "vsock":
      return `vsock:${peer.cid}:${peer.port}`;
    case "unix":
      return `unix:pid=${peer.pid},uid=${peer.uid}`;
    case "unknown":
      return "unknown";
  }
}

/** Reads the peer of a connected socket. */
export function peerOf(fd: number): Peer {
  const address = libc.getpeername(fd);
  if (typeof address === "number") return { transport: "unknown" };
  switch (address.family) {
    case "inet":
    case "inet6":
      return { transport: "tcp", host: formatIp(address.address), port: address.port };
    case "vsock":
      return { transport: "vsock", cid: address.cid, port: address.port };
    case "unknown":
      return { transport: "unknown" };
    default: {
      const credentials = libc.peerCredentials(fd);
      return typeof credentials === "number"
        ? { transport: "unknown" }
        : { transport: "unix", ...credentials };
    }
  }
}
