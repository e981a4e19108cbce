import process from "node:process";
import { libc } from "../../ffi/mod.ts";

/** The resource usage of a process. */
export interface Usage {
  /** CPU seconds since its start. */
  readonly cpuSeconds: number;
  /** Resident memory in bytes. */
  readonly residentBytes: number;
  /** Open descriptors; undefined if they cannot be read. */
  readonly descriptors: number | undefined;
}

/** Clock ticks in a second (sysconf(3), _SC_CLK_TCK): 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** Returns the usage of this process (getrusage(2)). */
export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: Deno.memoryUsage().rss,
    descriptors: countDescriptors(Deno.pid),
  };
}

/** Returns the usage of another process of this machine; undefined if it cannot be read. */
export function usageOf(pid: number): Usage | undefined {
  const stat = libc.readSmallFile(`/proc/${pid}/stat`);
  const status = libc.readSmallFile(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  return {
    ...parseUsage(stat, status),
    descriptors: countDescriptors(pid),
  };
}

/** Parses proc_pid_stat(5), whose fields 14 and 15 are ticks, and VmRSS of proc_pid_status(5). */
export function parseUsage(
  stat: string,
  status: string,
): Pick<Usage, "cpuSeconds" | "residentBytes"> {
  return {
    cpuSeconds: (libc.statField(stat, 14) + libc.statField(stat, 15)) / TICKS_PER_SECOND,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024,
  };
}

/**
 * Counts the descriptors of a process of the same user. Only root can read those of a process that is not dumpable
 * (prctl(2)), such as signer's server.
 */
function countDescriptors(pid: number): number | undefined {
  return libc.countEntries(`/proc/${pid}/fd`);
}
