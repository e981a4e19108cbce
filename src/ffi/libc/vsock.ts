/** vsock(7) by ioctl(2). @module */
import { IOCTL_VM_SOCKETS_GET_LOCAL_CID } from "./constants.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/**
 * Reads the context id of this machine from an open /dev/vsock (vsock(7); the request fails on a socket);
 * minus the errno on failure. VMADDR_CID_ANY means that no transport to a host or to guests is loaded.
 */
export function localCid(fd: number): number {
  const { symbols, errno } = libc();
  const cid = new Uint32Array(1);
  const result = settle(() => symbols.ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, cid), errno);
  return result < 0 ? result : cid[0];
}
