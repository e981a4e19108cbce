/** Figures of the process and its threads, from proc(5). They are undefined where there is no /proc. @module */
import { libc } from "../../ffi/mod.ts";

/** USER_HZ, the unit of CPU times in /proc: 100 on every architecture of Deno (proc(5)). */
const TICKS_PER_SECOND = 100;

/** The figures of the process. */
export interface ProcessFigures {
  readonly cpuSeconds: number | undefined;
  readonly residentBytes: number | undefined;
  readonly virtualBytes: number | undefined;
  readonly openFds: number | undefined;
  readonly maxFds: number | undefined;
}

/** Reads the figures of the process. */
export function processFigures(): ProcessFigures {
  const status = libc.readSmallFile("/proc/self/status");
  const bytes = (field: string) => {
    const kib = status && new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
    return kib ? Number(kib) * 1_024 : undefined;
  };
  const limits = libc.readSmallFile("/proc/self/limits");
  const maxFds = limits && /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return {
    cpuSeconds: cpuOf("/proc/self/stat"),
    residentBytes: bytes("VmRSS"),
    virtualBytes: bytes("VmSize"),
    openFds: libc.countEntries("/proc/self/fd"),
    maxFds: maxFds ? Number(maxFds) : undefined,
  };
}

/** Returns the CPU seconds of a thread of this process, by its number in the kernel. */
export function threadCpuSeconds(thread: number): number | undefined {
  const folder = `/proc/self/task/${thread}`;
  // In nanoseconds, where the kernel counts them (Documentation/scheduler/sched-stats.rst).
  const nanoseconds = Number(libc.readSmallFile(`${folder}/schedstat`)?.split(" ")[0]);
  return nanoseconds > 0 ? nanoseconds / 1e9 : cpuOf(`${folder}/stat`);
}

function cpuOf(path: string): number | undefined {
  const stat = libc.readSmallFile(path);
  if (stat === undefined) return undefined;
  return (libc.statField(stat, 14) + libc.statField(stat, 15)) / TICKS_PER_SECOND;
}
