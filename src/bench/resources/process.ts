import process from "node:process";

/** What a process has used. */
export interface Usage {
  /** Seconds of processor time since it began. */
  readonly cpuSeconds: number;
  /** Bytes of memory that are resident. */
  readonly residentBytes: number;
  /** Open descriptors; undefined where that cannot be seen. */
  readonly descriptors: number | undefined;
}

/** Ticks of processor time in a second (sysconf(3), _SC_CLK_TCK): 100 on every Linux. */
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
  const stat = readProc(`/proc/${pid}/stat`);
  const status = readProc(`/proc/${pid}/status`);
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
  // The command's name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024,
  };
}

/** Deno reads what is under /proc with all permissions only. */
function readProc(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function countDescriptors(pid: number): number | undefined {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  } catch {
    return undefined;
  }
}
