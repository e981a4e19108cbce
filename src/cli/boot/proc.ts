/** The mount of /proc. @module */
import { readSmallFile } from "../../ffi/libc/mod.ts";

/** Arguments of `mount()`. */
export const procMount = ["proc", "/proc", ["nosuid", "nodev", "noexec"]] as const;

/** Asks libc: Deno reads files under /proc only with all permissions. */
export function isProcMounted(): boolean {
  return readSmallFile("/proc/self/stat") !== undefined;
}
