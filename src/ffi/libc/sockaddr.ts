/**
 * The socket address structures, as bytes. Each begins with the family in host order, which is little-endian.
 * IP ports and addresses are in network order, vsock ports and CIDs in host order.
 *
 * ```text
 * sockaddr_in  (16)  family u16 | port be16 | addr 4 | zero 8                    ip(7)
 * sockaddr_in6 (28)  family u16 | port be16 | flowinfo be32 | addr 16 | scope u32  ipv6(7)
 * sockaddr_un  (110) family u16 | path 108                                       unix(7)
 * sockaddr_vm  (16)  family u16 | reserved u16 | port u32 | cid u32 | flags u8 | zero 3
 *                                                        include/uapi/linux/vm_sockets.h
 * ```
 *
 * @module
 */
import { AF_INET, AF_INET6, AF_UNIX, AF_VSOCK } from "./constants.ts";

/** Bytes of the largest structure, `sockaddr_un`. */
export const SOCKADDR_MAX = 110;

/** Bytes of the path in `sockaddr_un`: 107 and a NUL at the end. */
const UNIX_PATH_MAX = 108;

/** The fields of a socket address. `path` and `name` are bytes, without an encoding. */
export type SocketAddress =
  | { readonly family: "inet"; readonly address: Uint8Array; readonly port: number }
  | {
    readonly family: "inet6";
    readonly address: Uint8Array;
    readonly port: number;
    readonly scope: number;
  }
  | { readonly family: "unix"; readonly path: Uint8Array }
  | { readonly family: "unix-abstract"; readonly name: Uint8Array }
  /** A Unix socket without a name: that of a client, or of a pair. */
  | { readonly family: "unix-unnamed" }
  | { readonly family: "vsock"; readonly cid: number; readonly port: number }
  | { readonly family: "unknown"; readonly number: number };

/**
 * Encodes an address, in the exact length for bind(2) and connect(2).
 *
 * @throws {RangeError} for an address of the wrong length, or a name that does not fit
 */
export function encodeSockaddr(address: SocketAddress): Uint8Array {
  switch (address.family) {
    case "inet": {
      const { bytes, view } = structure(16, AF_INET);
      view.setUint16(2, address.port);
      bytes.set(exactly(address.address, 4), 4);
      return bytes;
    }
    case "inet6": {
      const { bytes, view } = structure(28, AF_INET6);
      view.setUint16(2, address.port);
      bytes.set(exactly(address.address, 16), 8);
      view.setUint32(24, address.scope, true);
      return bytes;
    }
    case "unix": {
      const { path } = address;
      if (path.length === 0 || path.length >= UNIX_PATH_MAX || path.includes(0)) {
        throw new RangeError(`A Unix socket path has 1 to 107 bytes, none NUL; got ${path.length}`);
      }
      const { bytes } = structure(2 + path.length + 1, AF_UNIX);
      bytes.set(path, 2);
      return bytes;
    }
    case "unix-abstract": {
      const { name } = address;
      if (name.length === 0 || name.length >= UNIX_PATH_MAX) {
        throw new RangeError(`An abstract Unix socket name has 1 to 107 bytes; got ${name.length}`);
      }
      const { bytes } = structure(2 + 1 + name.length, AF_UNIX);
      bytes.set(name, 3);
      return bytes;
    }
    case "unix-unnamed":
      return structure(2, AF_UNIX).bytes;
    case "vsock": {
      const { bytes, view } = structure(16, AF_VSOCK);
      view.setUint32(4, address.port, true);
      view.setUint32(8, address.cid, true);
      return bytes;
    }
    case "unknown":
      throw new RangeError(`Cannot encode a socket address of family ${address.number}`);
  }
}

/** Decodes a structure of `bytes.length` bytes that the kernel has written. */
export function decodeSockaddr(bytes: Uint8Array): SocketAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = bytes.length < 2 ? 0 : view.getUint16(0, true);
  if (family === AF_INET && bytes.length >= 16) {
    return { family: "inet", address: bytes.slice(4, 8), port: view.getUint16(2) };
  }
  if (family === AF_INET6 && bytes.length >= 28) {
    const scope = view.getUint32(24, true);
    return { family: "inet6", address: bytes.slice(8, 24), port: view.getUint16(2), scope };
  }
  if (family === AF_VSOCK && bytes.length >= 16) {
    return { family: "vsock", cid: view.getUint32(8, true), port: view.getUint32(4, true) };
  }
  if (family === AF_UNIX) {
    if (bytes.length === 2) return { family: "unix-unnamed" };
    if (bytes[2] === 0) return { family: "unix-abstract", name: bytes.slice(3) };
    const end = bytes.indexOf(0, 2);
    return { family: "unix", path: bytes.slice(2, end < 0 ? bytes.length : end) };
  }
  return { family: "unknown", number: family };
}

function structure(length: number, family: number) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  return { bytes, view };
}

function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) {
    throw new RangeError(`Expected ${length} bytes, got ${bytes.length}`);
  }
  return bytes;
}
