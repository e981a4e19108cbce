import process from "node:process";
import { libc } from "../../ffi/mod.ts";

/** What a process has used. */
export interface Usage {
  /** Seconds of processor time since it began. */
  readonly cpuSeconds: number;
  /** Bytes of memory that are resident. */
  readonly residentBytes: number;
  /** Open descriptors; undefined where that cannot be seen. */
  readonly descriptors: number | undefined;
}

/** Clock ticks in a second (sysconf(3), _SC_CLK_TCK): 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** What this process has used (getrusage(2)). */
export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: Deno.memoryUsage().rss,
    descriptors: countDescriptors(Deno.pid),
  };
}

/** What another process of this machine has used; undefined where that cannot be seen. */
export function usageOf(pid: number): Usage | undefined {
  const stat = libc.readSmallFile(`/proc/${pid}/stat`);
  const status = libc.readSmallFile(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  return {
    ...parseUsage(stat, status),
    descriptors: countDescriptors(pid),
  };
}

/** Reads proc_pid_stat(5), whose fields 14 and 15 are ticks, and VmRSS of proc_pid_status(5). */
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
 * Only of one's own processes; not of a server that has made itself undumpable (prctl(2)), as signer's
 * does for its keys, save for root.
 */
function countDescriptors(pid: number): number | undefined {
  return libc.countEntries(`/proc/${pid}/fd`);
}
