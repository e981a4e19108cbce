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
  const cpuSeconds = libc.processCpuSeconds(pid);
  const status = libc.readSmallFile(`/proc/${pid}/status`);
  if (cpuSeconds === undefined || status === undefined) return undefined;
  return { cpuSeconds, residentBytes: parseResident(status), descriptors: countDescriptors(pid) };
}

/** Parses the resident memory in bytes, VmRSS of proc_pid_status(5); 0 if it is absent, as of a process that has ended. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * Counts the descriptors of a process of the same user. Only root can read those of a process that is not dumpable
 * (prctl(2)), such as signer's server.
 */
function countDescriptors(pid: number): number | undefined {
  return libc.countEntries(`/proc/${pid}/fd`);
}
