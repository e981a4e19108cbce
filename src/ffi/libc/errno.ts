/**
 * Error numbers of Linux, equal on x86-64 and arm64 (include/uapi/asm-generic/errno-base.h and errno.h), with
 * the texts of strerror(3). The functions of this binding return errors as negative numbers, as the kernel
 * does: `-EAGAIN`.
 *
 * @module
 */

/** Number, name and text of each error, in the order of the kernel's headers. */
const TABLE = [
  [1, "EPERM", "Operation not permitted"],
  [2, "ENOENT", "No such file or directory"],
  [3, "ESRCH", "No such process"],
  [4, "EINTR", "Interrupted system call"],
  [5, "EIO", "Input/output error"],
  [6, "ENXIO", "No such device or address"],
  [7, "E2BIG", "Argument list too long"],
  [9, "EBADF", "Bad file descriptor"],
  [11, "EAGAIN", "Resource temporarily unavailable"],
  [12, "ENOMEM", "Cannot allocate memory"],
  [13, "EACCES", "Permission denied"],
  [14, "EFAULT", "Bad address"],
  [16, "EBUSY", "Device or resource busy"],
  [17, "EEXIST", "File exists"],
  [19, "ENODEV", "No such device"],
  [20, "ENOTDIR", "Not a directory"],
  [21, "EISDIR", "Is a directory"],
  [22, "EINVAL", "Invalid argument"],
  [23, "ENFILE", "Too many open files in system"],
  [24, "EMFILE", "Too many open files"],
  [25, "ENOTTY", "Inappropriate ioctl for device"],
  [28, "ENOSPC", "No space left on device"],
  [30, "EROFS", "Read-only file system"],
  [32, "EPIPE", "Broken pipe"],
  [34, "ERANGE", "Numerical result out of range"],
  [36, "ENAMETOOLONG", "File name too long"],
  [38, "ENOSYS", "Function not implemented"],
  [40, "ELOOP", "Too many levels of symbolic links"],
  [71, "EPROTO", "Protocol error"],
  [75, "EOVERFLOW", "Value too large for defined data type"],
  [88, "ENOTSOCK", "Socket operation on non-socket"],
  [89, "EDESTADDRREQ", "Destination address required"],
  [90, "EMSGSIZE", "Message too long"],
  [91, "EPROTOTYPE", "Protocol wrong type for socket"],
  [92, "ENOPROTOOPT", "Protocol not available"],
  [93, "EPROTONOSUPPORT", "Protocol not supported"],
  [94, "ESOCKTNOSUPPORT", "Socket type not supported"],
  [95, "EOPNOTSUPP", "Operation not supported"],
  [97, "EAFNOSUPPORT", "Address family not supported by protocol"],
  [98, "EADDRINUSE", "Address already in use"],
  [99, "EADDRNOTAVAIL", "Cannot assign requested address"],
  [100, "ENETDOWN", "Network is down"],
  [101, "ENETUNREACH", "Network is unreachable"],
  [103, "ECONNABORTED", "Software caused connection abort"],
  [104, "ECONNRESET", "Connection reset by peer"],
  [105, "ENOBUFS", "No buffer space available"],
  [106, "EISCONN", "Transport endpoint is already connected"],
  [107, "ENOTCONN", "Transport endpoint is not connected"],
  [110, "ETIMEDOUT", "Connection timed out"],
  [111, "ECONNREFUSED", "Connection refused"],
  [112, "EHOSTDOWN", "Host is down"],
  [113, "EHOSTUNREACH", "No route to host"],
  [114, "EALREADY", "Operation already in progress"],
  [115, "EINPROGRESS", "Operation now in progress"],
] as const;

/** The name of an error number, such as `ECONNREFUSED`. */
export type ErrnoName = typeof TABLE[number][1];

const byNumber = new Map<number, typeof TABLE[number]>(TABLE.map((row) => [row[0], row]));

/** Error numbers by name: `errno.EAGAIN` is 11. */
export const errno: Readonly<Record<ErrnoName, number>> = Object.freeze(
  Object.fromEntries(TABLE.map(([number, name]) => [name, number])),
) as Readonly<Record<ErrnoName, number>>;

/** The name of an error number; `E<number>` for one that is not in the table. */
export function errnoName(number: number): ErrnoName | `E${number}` {
  return byNumber.get(Math.abs(number))?.[1] ?? `E${Math.abs(number)}`;
}

/** The text of strerror(3) for an error number, in the C locale. */
export function strerror(number: number): string {
  return byNumber.get(Math.abs(number))?.[2] ?? `Unknown error ${Math.abs(number)}`;
}
