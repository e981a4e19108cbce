/** The `:authority` of calls (RFC 9113 section 8.3.1), and the server name of TLS in it. @module */
import { type Address, hostAndPort } from "../net/mod.ts";

/** Returns gRPC's authority of an address, which is `localhost` for Unix sockets and vsock. */
export function defaultAuthority(address: Address): string {
  return address.transport === "tcp" ? hostAndPort(address.host, address.port) : "localhost";
}

/** Returns the host of an authority: `[::1]:443` is `::1`. */
export function hostOfAuthority(authority: string): string {
  const [, bracketed, plain] = /^(?:\[(.*)\]|([^:]*))(?::\d+)?$/.exec(authority) ?? [];
  return bracketed ?? plain ?? authority;
}
