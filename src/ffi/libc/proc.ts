/**
 * Files and folders of proc(5), by open(2), read(2) and readdir(3): Deno opens files under /proc only with all
 * permissions.
 *
 * @module
 */
import { O_RDONLY } from "./constants.ts";
import { close, open } from "./descriptor.ts";
import { settle } from "./_result.ts";
import { isSupported, libc } from "./_symbols.ts";

/** 8 KiB, the default size of a read: `/proc/PID/stat` and `/proc/PID/status` have under 2 KiB. */
const MAX_FILE = 8192;

/** Reads a file, up to `maxBytes`; undefined when that fails, or when there is no libc. */
export function readSmallFile(path: string, maxBytes = MAX_FILE): string | undefined {
  if (!isSupported()) return undefined;
  const fd = open(path, O_RDONLY);
  if (fd < 0) return undefined;
  const { symbols, errno } = libc();
  const buffer = new Uint8Array(maxBytes);
  let size = 0;
  let read: number;
  // A file under /proc is read in pieces of a page at most, where it has lines (seq_file).
  do {
    const rest = buffer.subarray(size);
    read = settle(() => symbols.read(fd, rest, rest.length), errno);
    if (read > 0) size += read;
  } while (read > 0 && size < maxBytes);
  close(fd);
  return read < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, size));
}

/** Counts the entries of a folder, without `.` and `..`; undefined when that fails, or without libc. */
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

/** The number of the calling thread (gettid(2)); undefined without /proc. */
export function threadNumber(): number | undefined {
  const stat = readSmallFile("/proc/thread-self/stat");
  return stat === undefined ? undefined : parseInt(stat, 10);
}

/** A field of `/proc/PID/stat` by its number in proc_pid_stat(5), from 3 on. */
export function statField(stat: string, number: number): number {
  // The name of the command, in parentheses, may contain spaces and parentheses.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[number - 3]);
}

/**
 * The start time of a process, in clock ticks since boot. Together with the process id, it identifies a
 * process since boot. Undefined when /proc cannot be read.
 */
export function processStartTicks(pid: number | "self"): number | undefined {
  const stat = readSmallFile(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : statField(stat, 22);
}
