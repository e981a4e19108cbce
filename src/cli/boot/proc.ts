/** The mount of /proc. @module */
import { libc } from "../../ffi/mod.ts";

/** Arguments of `mount()`. */
export const procMount = ["proc", "/proc", ["nosuid", "nodev", "noexec"]] as const;

/** Asks libc: Deno reads files under /proc only with all permissions. */
export function isProcMounted(): boolean {
  return libc.readSmallFile("/proc/self/stat") !== undefined;
}
