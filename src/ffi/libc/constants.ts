/**
 * Constants of Linux, equal on x86-64 and arm64. Each group names its header.
 *
 * @module
 */

// <bits/socket.h>, include/linux/socket.h
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_VSOCK = 40;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_PEEK = 0x2;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;

// include/uapi/asm-generic/socket.h
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_TYPE = 3;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_PEERCRED = 17;
export const SO_ACCEPTCONN = 30;

// <netinet/in.h>, <netinet/tcp.h>
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;

// include/uapi/linux/vm_sockets.h
export const VMADDR_CID_ANY = 0xffff_ffff;
export const VMADDR_CID_LOCAL = 1;
export const VMADDR_CID_HOST = 2;
export const VMADDR_PORT_ANY = 0xffff_ffff;
export const IOCTL_VM_SOCKETS_GET_LOCAL_CID = 0x7b9;

// include/uapi/linux/eventpoll.h
export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLRDHUP = 0x2000;
export const EPOLLEXCLUSIVE = 1 << 28;

// include/uapi/asm-generic/fcntl.h
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_GETPIPE_SZ = 1032;
export const F_ADD_SEALS = 1033;
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_NOCTTY = 0o400;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
/** Names a file without opening it: needs no permission on the file itself (open(2)). */
export const O_PATH = 0o10000000;

// include/uapi/linux/fcntl.h: no seal can be added later, and the file neither shrinks, grows nor changes.
export const F_SEAL_SEAL = 0x1;
export const F_SEAL_SHRINK = 0x2;
export const F_SEAL_GROW = 0x4;
export const F_SEAL_WRITE = 0x8;

// include/uapi/linux/memfd.h
export const MFD_CLOEXEC = 0x1;
export const MFD_ALLOW_SEALING = 0x2;
export const MFD_NOEXEC_SEAL = 0x8;

// include/uapi/asm-generic/mman-common.h
export const PROT_READ = 0x1;
export const PROT_EXEC = 0x4;
export const MAP_PRIVATE = 0x2;

// include/uapi/asm-generic/resource.h, include/uapi/linux/prctl.h
export const RLIMIT_CORE = 4;
export const RLIMIT_NOFILE = 7;
export const PR_SET_DUMPABLE = 4;
export const PR_SET_NO_NEW_PRIVS = 38;
