/** The memory that a process has from malloc(3). */

// struct mallinfo2 of mallinfo(3): ten numbers, of which the eighth is the allocated bytes of all arenas.
const NUMBERS = 10;
const ALLOCATED = 7;
/** The fifth: the bytes of large blocks, which are mappings of their own. */
const MAPPED = 4;

const { symbols } = Deno.dlopen("libc.so.6", {
  mallinfo2: {
    parameters: [],
    result: { struct: Array.from({ length: NUMBERS }, () => "usize" as const) },
  },
});

/**
 * Returns the bytes that are allocated by malloc(3), after a collection of garbage. Needs `--v8-flags=--expose-gc`, and a
 * process of its own: all threads are counted.
 */
export function allocatedBytes(): number {
  (globalThis as unknown as { gc(): void }).gc();
  const info = new BigUint64Array(symbols.mallinfo2().slice().buffer);
  return Number(info[ALLOCATED]! + info[MAPPED]!);
}
