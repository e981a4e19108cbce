import { libc } from "../../../ffi/mod.ts";

/**
 * A descriptor of the calling thread's folder in /proc (proc(5), `/proc/thread-self`), by which others
 * see whether it is still there; -1 where there is no /proc. Unlike the thread's number, it never comes
 * to mean another one.
 */
export function openThread(): number {
  const fd = libc.open("/proc/thread-self", libc.O_RDONLY);
  return fd < 0 ? -1 : fd;
}

/** Whether the thread of a descriptor that `openThread()` gave there has certainly ended. */
export function hasEnded(threadFd: number): boolean {
  if (threadFd < 0) return false;
  // What was in the folder of a thread that has ended cannot be found any more.
  const fd = libc.open(`/proc/self/fd/${threadFd}/stat`, libc.O_RDONLY);
  if (fd >= 0) libc.close(fd);
  return fd === -libc.errno.ENOENT || fd === -libc.errno.ESRCH;
}
