/** The resident pages of the program's file. @module */
import { readSmallFile } from "./proc.ts";
import { libc } from "./_symbols.ts";

/** MADV_DONTNEED of madvise(2): the pages are unmapped, and mapped again from the page cache when they are read. */
const MADV_DONTNEED = 4;

/** Bytes of /proc/self/smaps that are read: some 5,000 mappings, where a server with two workers has 300. */
const MAX_BYTES = 4 * 2 ** 20;

/** PATH_MAX of linux/limits.h. */
const PATH_MAX = 4_096;

/** A mapping of a process. */
export interface Mapping {
  readonly start: bigint;
  readonly length: bigint;
}

/**
 * Unmaps the pages of the program's file that nothing has changed, as are its code and constants. The start reads 40 MB
 * of them, of which a server uses half later. The kernel keeps them in the page cache, and maps 64 KiB at the next
 * access, in a microsecond.
 */
export function releaseProgramPages(): void {
  const path = programPath();
  const smaps = readSmallFile("/proc/self/smaps", MAX_BYTES);
  if (path === undefined || smaps === undefined) return;
  for (const { start, length } of unchangedMappings(smaps, path)) {
    libc().symbols.madvise(start, length, MADV_DONTNEED);
  }
}

/**
 * Returns the mappings of a file that are private, cannot be written to, and have no page that was changed before:
 * relocated pages have been, and would be read from the file again.
 *
 * @param smaps the content of /proc/PID/smaps (proc_pid_smaps(5))
 */
export function unchangedMappings(smaps: string, path: string): Mapping[] {
  return smaps.split(/^(?=[\da-f]+-[\da-f]+ )/m).flatMap((entry) => {
    const head = /^([\da-f]+)-([\da-f]+) r-[x-]p \S+ \S+ \d+ +(.+)\n/.exec(entry);
    if (head?.[3] !== path || !/^Anonymous: +0 kB$/m.test(entry)) return [];
    const start = BigInt(`0x${head[1]}`);
    return [{ start, length: BigInt(`0x${head[2]}`) - start }];
  });
}

/** Returns the path of the program's file. `Deno.execPath()` needs a permission, and a server may have none to read it. */
function programPath(): string | undefined {
  const target = new Uint8Array(PATH_MAX);
  const link = new TextEncoder().encode("/proc/self/exe\0");
  const length = libc().symbols.readlink(link, target, target.length);
  return length < 0 ? undefined : new TextDecoder().decode(target.subarray(0, length));
}
