/**
 * Child processes: posix_spawn(3), waitpid(2), kill(2), and the descriptors that they inherit. Deno's own
 * `Deno.Command` passes no descriptors on, and needs a permission.
 *
 * @module
 */
import { cString } from "../_c_string.ts";
import { check, LibcError } from "./error.ts";
import { prctl } from "./process.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/** The end of a child: by itself with an exit code, or by a signal. */
export type ChildEnd = { readonly code: number } | { readonly signal: number };

/**
 * Starts a program, which inherits the standard streams and each descriptor for which `keepOnExec` was called.
 *
 * @param words the command line, with the program's name as the first word
 * @returns the process's id
 * @throws {LibcError}
 */
export function spawn(
  path: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): number {
  const { symbols } = libc();
  const pid = new Int32Array(1);
  const argv = new StringArray(words);
  const envp = new StringArray(
    Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  );
  // The error is the result here, and errno is not set.
  const error = symbols.posix_spawn(
    ...[pid, cString(path), null, null, argv.pointers, envp.pointers] as const,
  );
  if (error !== 0) throw LibcError.of("posix_spawn", -error);
  return pid[0];
}

const WNOHANG = 1;
const ANY_CHILD = -1;

/**
 * The end of the child that this process has started, which is reaped with it; undefined while it runs. Also reaps the
 * orphans that the first process of a machine adopts.
 *
 * @throws {LibcError} `ECHILD`: it was reaped before, or SIGCHLD is ignored (`restoreSignal()`)
 */
export function childEnd(pid: number): ChildEnd | undefined {
  const { symbols, errno } = libc();
  const status = new Int32Array(1);
  for (let reaped = 0; reaped !== pid;) {
    reaped = check("waitpid", settle(() => symbols.waitpid(ANY_CHILD, status, WNOHANG), errno));
    if (reaped === 0) return undefined;
  }
  const signal = status[0] & 0x7f;
  return signal === 0 ? { code: status[0] >> 8 & 0xff } : { signal };
}

/** Sends a signal to a process. A process that has ended is no error. */
export function sendSignal(pid: number, signal: number): void {
  libc().symbols.kill(pid, signal);
}

const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Has the programs that this process starts inherit a descriptor (fcntl(2), FD_CLOEXEC).
 *
 * @throws {LibcError}
 */
export function keepOnExec(fd: number): void {
  const { symbols, errno } = libc();
  check("fcntl", settle(() => symbols.fcntl(fd, F_SETFD, 0), errno));
}

/**
 * Has the programs that this process starts not inherit a descriptor, the opposite of `keepOnExec()`.
 *
 * @throws {LibcError}
 */
export function closeOnExec(fd: number): void {
  const { symbols, errno } = libc();
  check("fcntl", settle(() => symbols.fcntl(fd, F_SETFD, FD_CLOEXEC), errno));
}

const PR_SET_PDEATHSIG = 1;

/**
 * Has the kernel send a signal to this process when its parent ends.
 *
 * @throws {LibcError}
 */
export function endWithParent(signal: number): void {
  prctl(PR_SET_PDEATHSIG, signal);
}

/** An array of C strings that ends with a null pointer, as argv and envp are. */
class StringArray {
  readonly pointers: BigUint64Array;
  /** Kept, so that the strings stay where the pointers point. */
  readonly #strings: Uint8Array[];

  constructor(texts: readonly string[]) {
    this.#strings = texts.map(cString);
    this.pointers = new BigUint64Array(texts.length + 1);
    this.#strings.forEach((bytes, i) => {
      // Of the whole ArrayBuffer: asking for it moves a small array off V8's heap, so that it stays put.
      const pointer = Deno.UnsafePointer.of(bytes.buffer as ArrayBuffer);
      this.pointers[i] = BigInt(Deno.UnsafePointer.value(pointer)) + BigInt(bytes.byteOffset);
    });
  }
}
