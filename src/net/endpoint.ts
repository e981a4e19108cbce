/** Addresses in the structures of the kernel. @module */
import { libc } from "../ffi/mod.ts";
import { type Address, formatAddress } from "./address.ts";
import { NetError } from "./errors.ts";
import { formatIp, parseIp } from "./ip.ts";

/** An address for bind(2) and connect(2). */
export interface Endpoint {
  /** AF_INET, AF_INET6, AF_UNIX or AF_VSOCK. */
  readonly family: number;
  readonly sockaddr: Uint8Array;
}

/** The path of the Unix socket, `PATH_PORT`, to which a guest connects through a hybrid vsock port. */
export function hybridListenPath(path: string, port: number): string {
  return `${path}_${port}`;
}

/**
 * Converts an address, whose host must be numeric. The endpoint of a hybrid vsock is its monitor's socket, to
 * dial.
 *
 * @throws {NetError} `WRONG_ADDRESS` for a host name: resolve it first
 */
export function endpointOf(address: Address): Endpoint {
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (address.transport) {
    case "tcp": {
      const ip = parseIp(address.host);
      if (ip === undefined) {
        throw new NetError("WRONG_ADDRESS", `${formatAddress(address)} is not numeric`);
      }
      const { port } = address;
      return ip.length === 4
        ? endpoint(libc.AF_INET, { family: "inet", address: ip, port })
        : endpoint(libc.AF_INET6, { family: "inet6", address: ip, port, scope: 0 });
    }
    case "vsock":
      return endpoint(libc.AF_VSOCK, { family: "vsock", cid: address.cid, port: address.port });
    case "unix":
    case "vsock+unix":
      return endpoint(libc.AF_UNIX, { family: "unix", path: bytes(address.path) });
    case "unix-abstract":
      return endpoint(libc.AF_UNIX, { family: "unix-abstract", name: bytes(address.name) });
  }
}

function endpoint(family: number, address: libc.SocketAddress): Endpoint {
  return { family, sockaddr: libc.encodeSockaddr(address) };
}

/** The local address of a socket; undefined for a Unix socket without a name. */
export function localAddress(fd: number): Address | undefined {
  const local = libc.getsockname(fd);
  if (typeof local === "number") return undefined;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  switch (local.family) {
    case "inet":
    case "inet6":
      return { transport: "tcp", host: formatIp(local.address), port: local.port };
    case "vsock":
      return { transport: "vsock", cid: local.cid, port: local.port };
    case "unix":
      return { transport: "unix", path: text(local.path) };
    case "unix-abstract":
      return { transport: "unix-abstract", name: text(local.name) };
    default:
      return undefined;
  }
}
