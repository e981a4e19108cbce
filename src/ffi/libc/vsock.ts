import { IOCTL_VM_SOCKETS_GET_LOCAL_CID } from "./constants.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/**
 * The context id of this machine, asked of an open /dev/vsock (vsock(7); kernels refuse to tell it by a
 * socket); or minus the errno. VMADDR_CID_ANY means that there is no transport to a host or to guests.
 */
export function localCid(fd: number): number {
  const { symbols, errno } = libc();
  const cid = new Uint32Array(1);
  const result = settle(() => symbols.ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, cid), errno);
  return result < 0 ? result : cid[0];
}
