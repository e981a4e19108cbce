/** The memory of malloc(3). @module */
import { libc } from "./_symbols.ts";

/**
 * Returns memory to the kernel that malloc(3) keeps after free(3), of all threads (malloc_trim(3)). Takes a tenth of a
 * millisecond for each MiB; threads that allocate meanwhile may wait.
 */
export function trimMemory(): void {
  libc().symbols.malloc_trim(0);
}
