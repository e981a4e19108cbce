import { libc } from "../../../ffi/mod.ts";

/**
 * Opens the calling thread's folder in /proc (proc(5), `/proc/thread-self`), by which other threads detect its end.
 * Returns -1 without /proc. Unlike a thread's number, the descriptor never refers to another thread.
 */
export function openThread(): number {
  const fd = libc.open("/proc/thread-self", libc.O_RDONLY);
  return fd < 0 ? -1 : fd;
}

/** Returns true if a thread has certainly ended, by the descriptor of its `openThread()`. */
export function hasEnded(threadFd: number): boolean {
  if (threadFd < 0) return false;
  // The files in the folder of a thread that has ended are gone.
  const fd = libc.open(`/proc/self/fd/${threadFd}/stat`, libc.O_RDONLY);
  if (fd >= 0) libc.close(fd);
  return fd === -libc.errno.ENOENT || fd === -libc.errno.ESRCH;
}
