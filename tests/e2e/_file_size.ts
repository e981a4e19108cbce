/** The limit of the size of files of another process (prlimit(2)). @module */

/** RLIMIT_FSIZE, and RLIM_INFINITY. */
const FSIZE = 1;
const INFINITY = 0xffff_ffff_ffff_ffffn;

/** A library for tests alone. It stays loaded, which is no leak of the test that needs it first. */
const { symbols } = Deno.dlopen("libc.so.6", {
  prlimit: { parameters: ["i32", "i32", "buffer", "pointer"], result: "i32" },
});

/** Has writes of a process fail that would make a file larger than `bytes`; undefined for no limit. */
export function limitFileSize(pid: number, bytes: number | undefined): void {
  const soft = bytes === undefined ? INFINITY : BigInt(bytes);
  const result = symbols.prlimit(pid, FSIZE, new BigUint64Array([soft, INFINITY]), null);
  if (result !== 0) throw new Error("prlimit failed");
}
