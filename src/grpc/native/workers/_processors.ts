import { libc } from "../../../ffi/mod.ts";

/**
 * Numbers of the processors that the calling thread may use, by taskset(1) and cpusets; undefined when /proc does not
 * say. A thread must be pinned to one of these: sched_setaffinity(2) would let it leave the set of taskset.
 */
export function allowedProcessors(): readonly number[] | undefined {
  const status = libc.readSmallFile("/proc/thread-self/status");
  return status === undefined ? undefined : processorsOf(status);
}

/** Parses the processors in a `status` file (proc_pid_status(5), Cpus_allowed_list), such as `0-3,8,10-11`. */
export function processorsOf(status: string): readonly number[] | undefined {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1];
  return list?.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
