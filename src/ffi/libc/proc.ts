/**
 * Files and folders of proc(5): open(2), read(2), readdir(3). Deno itself opens what is under /proc with
 * all permissions only.
 *
 * @module
 */
import { O_RDONLY } from "./constants.ts";
import { close, open } from "./descriptor.ts";
import { settle } from "./_result.ts";
import { isSupported, libc } from "./_symbols.ts";

/** Bytes read of a file, if not told otherwise: `/proc/PID/stat` and `/proc/PID/status` have under 2 KiB. */
const MAX_FILE = 8192;

/** The text of a file, cut at `maxBytes`; undefined when it cannot be read, or there is no libc. */
export function readSmallFile(path: string, maxBytes = MAX_FILE): string | undefined {
  if (!isSupported()) return undefined;
  const fd = open(path, O_RDONLY);
  if (fd < 0) return undefined;
  const { symbols, errno } = libc();
  const buffer = new Uint8Array(maxBytes);
  const size = settle(() => symbols.read(fd, buffer, buffer.length), errno);
  close(fd);
  return size < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, size));
}

/** Entries of a folder besides `.` and `..`; undefined when it cannot be read, or there is no libc. */
export function countEntries(path: string): number | undefined {
  if (!isSupported()) return undefined;
  const { symbols } = libc();
  const folder = symbols.opendir(new TextEncoder().encode(`${path}\0`));
  if (folder === null) return undefined;
  let count = -2;
  while (symbols.readdir(folder) !== null) count++;
  symbols.closedir(folder);
  return count;
}

/** A field of `/proc/PID/stat` by its number in proc_pid_stat(5), from 3 on. */
export function statField(stat: string, number: number): number {
  // The command's name, in parentheses, may hold anything.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[number - 3]);
}

/**
 * When a process began, in clock ticks after the machine did: with its number, it names one process
 * among all that the machine has had. Undefined where that cannot be seen.
 */
export function processStartTicks(pid: number | "self"): number | undefined {
  const stat = readSmallFile(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : statField(stat, 22);
}
