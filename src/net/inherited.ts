/** Listening sockets that another process has opened: their checks, and their addresses. @module */
import { libc } from "../ffi/mod.ts";
import type { Address } from "./address.ts";
import { localAddress } from "./endpoint.ts";
import { NetError } from "./errors.ts";

/**
 * Prepares an inherited descriptor for `ListenOptions.inherited`: the calls on it do not block, and programs that this
 * process starts do not inherit it.
 *
 * @returns the address that it listens on
 * @throws {NetError} `BAD_DESCRIPTOR` when it is not a listening stream socket of a known transport
 */
export function prepareInherited(fd: number): Address {
  const option = (name: number) => {
    const value = new Int32Array(1);
    return libc.getsockopt(fd, libc.SOL_SOCKET, name, value) < 0 ? undefined : value[0];
  };
  const type = option(libc.SO_TYPE);
  if (type === undefined) throw unusable(fd, "it is not a socket");
  if (type !== libc.SOCK_STREAM) throw unusable(fd, "it is not a stream socket");
  if (option(libc.SO_ACCEPTCONN) !== 1) throw unusable(fd, "it does not listen");
  const address = localAddress(fd);
  if (address === undefined) throw unusable(fd, "it is neither TCP, a Unix socket nor vsock");
  libc.check("fcntl", libc.setNonBlocking(fd));
  libc.closeOnExec(fd);
  return address;
}

function unusable(fd: number, why: string): NetError {
  return new NetError("BAD_DESCRIPTOR", `Cannot accept connections from descriptor ${fd}: ${why}`);
}
