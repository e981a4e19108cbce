import { libc } from "../../../ffi/mod.ts";

/**
 * The processors that the calling thread may use, by number, as taskset(1) or a cpuset leaves them to it;
 * undefined when they cannot be told. Nobody is to be pinned to another one: sched_setaffinity(2) itself
 * would let a process leave the set that taskset gave it.
 */
export function allowedProcessors(): readonly number[] | undefined {
  const status = libc.readSmallFile("/proc/thread-self/status");
  return status === undefined ? undefined : processorsOf(status);
}

/**
 * The processors in the text of a `status` file (proc_pid_status(5), Cpus_allowed_list), which has them as
 * `0-3,8,10-11`.
 */
export function processorsOf(status: string): readonly number[] | undefined {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1];
  return list?.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
