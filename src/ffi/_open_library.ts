/** The opening of a C library. @module */

/** The functions of a library, and the names of those that requests or connections call. */
export interface FunctionTable<T extends Deno.ForeignLibraryInterface> {
  readonly functions: T;
  readonly compiled: readonly (keyof T)[];
}

/**
 * Opens a library, which stays open, and returns its functions.
 *
 * Deno compiles a call for each function that it binds. That takes 0.1 ms (Deno 2.9.6), on each thread: 16 ms of the start
 * of a server for all functions of libc and libcrypto. Therefore only the functions of `compiled` are bound. The others
 * are called by their addresses, which takes 1 µs more.
 *
 * @throws {Error} when the library cannot be loaded, or has not all functions
 */
export function openLibrary<const T extends Deno.ForeignLibraryInterface>(
  path: string,
  { functions, compiled }: FunctionTable<T>,
): Deno.DynamicLibrary<T>["symbols"] {
  const entries = Object.entries(functions) as [string, Deno.ForeignFunction][];
  const isBound = ([name, { nonblocking }]: typeof entries[number]) =>
    // A call on another thread is not compiled.
    nonblocking === true || compiled.includes(name);
  const { symbols } = Deno.dlopen(
    path,
    Object.fromEntries(entries.map((entry) => {
      const [name, { name: symbol = name }] = entry;
      return [name, isBound(entry) ? entry[1] : { name: symbol, type: "pointer" } as const];
    })),
  );
  const opened = entries.map((entry) => {
    const [name, definition] = entry;
    if (isBound(entry)) return [name, symbols[name]];
    const address = symbols[name] as Deno.PointerObject<Deno.ForeignFunction>;
    const pointer = new Deno.UnsafeFnPointer(address, definition);
    return [name, (...args: Parameters<typeof pointer.call>) => pointer.call(...args)];
  });
  return Object.fromEntries(opened);
}
