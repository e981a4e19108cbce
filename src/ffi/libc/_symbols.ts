/** The functions of glibc, bound by `Deno.dlopen`. @module */
import { type FunctionTable, openLibrary } from "../_open_library.ts";
import { LibcError } from "./error.ts";
import { platform } from "./platform.ts";

/*
 * Lengths are `usize`. Functions that are called often pass them as BigInts, which V8 makes without allocating: a call
 * with a plain number for a `usize` or `isize` is not compiled, and takes 0.6 µs more (Deno 2.9.6). `ssize_t` results
 * are `i32`: all lengths are below 2 GiB. "buffer" parameters take typed arrays, so that a call allocates nothing.
 */
const functions = {
  __errno_location: { parameters: [], result: "pointer" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  clock_getcpuclockid: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  closedir: { parameters: ["pointer"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  epoll_wait_off_thread: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "usize"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getrandom: { parameters: ["buffer", "usize", "u32"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "isize"], result: "isize" },
  mount: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  open_off_thread: {
    name: "open",
    parameters: ["buffer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  opendir: { parameters: ["buffer"], result: "pointer" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  posix_spawn: {
    parameters: ["buffer", "buffer", "pointer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  read_off_thread: {
    name: "read",
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  reboot: { parameters: ["i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  syscall_finit_module: {
    name: "syscall",
    parameters: ["isize", "i32", "buffer", "i32"],
    result: "i32",
  },
  syscall_io_getevents: {
    name: "syscall",
    parameters: ["isize", "usize", "isize", "isize", "buffer", "buffer"],
    result: "i32",
  },
  syscall_io_setup: { name: "syscall", parameters: ["isize", "usize", "buffer"], result: "i32" },
  syscall_io_submit: {
    name: "syscall",
    parameters: ["isize", "usize", "isize", "buffer"],
    result: "i32",
  },
  syscall_io_cancel: {
    name: "syscall",
    parameters: ["isize", "usize", "buffer", "buffer"],
    result: "i32",
  },
  syscall_io_destroy: { name: "syscall", parameters: ["isize", "usize"], result: "i32" },
  syscall_seccomp: {
    name: "syscall",
    parameters: ["isize", "usize", "usize", "buffer"],
    result: "i32",
  },
  syscall_statx_off_thread: {
    name: "syscall",
    parameters: ["isize", "i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  timerfd_create: { parameters: ["i32", "i32"], result: "i32" },
  timerfd_settime: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  writev: { parameters: ["i32", "buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const TABLE: FunctionTable<typeof functions> = {
  functions,
  compiled: [
    ...["accept4", "close", "connect", "fcntl", "getpeername", "getsockname", "getsockopt"],
    ...["setsockopt", "shutdown", "socket"],
    ...["epoll_ctl", "epoll_wait", "syscall_io_getevents", "syscall_io_submit", "timerfd_settime"],
    ...["read", "recv", "send", "write", "writev", "clock_gettime"],
  ] as const,
};

type Declared = Deno.DynamicLibrary<typeof functions>["symbols"];

/** 64-bit parameters also take numbers up to 2^53, although their type in Deno is BigInt only: a slower call. */
type Numbers<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends bigint ? number | bigint : A[K];
};

type Symbols = {
  readonly [K in keyof Declared]: Declared[K] extends (...args: infer A) => infer R
    ? (...args: Numbers<A>) => R
    : never;
};

/** The functions of glibc, and a view of the `errno` of this thread. */
interface Libc {
  readonly symbols: Symbols;
  readonly errno: Int32Array;
}

let loaded: Libc | undefined;

/**
 * Opens glibc at the first use, so that importing the binding has no effect on other platforms. It stays
 * open, as it is the C library of the process.
 *
 * @throws {LibcError} `UNSUPPORTED_PLATFORM`
 */
export function libc(): Libc {
  return loaded ??= open();
}

/** Opens glibc; false on a platform without it. */
export function isSupported(): boolean {
  try {
    libc();
    return true;
  } catch {
    return false;
  }
}

/**
 * The `errno` of this thread: of the last failed call, as far as nothing has overwritten it since
 * (`_result.ts`).
 */
export function lastErrno(): number {
  return libc().errno[0];
}

function open(): Libc {
  if (platform === undefined) {
    throw new LibcError(
      "UNSUPPORTED_PLATFORM",
      0,
      `The socket layer needs Linux on x86-64 or arm64, and this is ${Deno.build.target}; ` +
        "use the grpc-js stack over TCP here",
    );
  }
  let symbols: Symbols;
  try {
    symbols = openLibrary("libc.so.6", TABLE) as unknown as Symbols;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new LibcError(
      "UNSUPPORTED_PLATFORM",
      0,
      "Cannot load libc.so.6: the socket layer needs glibc 2.17 or newer",
      { cause },
    );
  }
  // An isolate stays on its thread, and the address of errno is fixed for the life of a thread.
  const location = symbols.__errno_location()!;
  return { symbols, errno: new Int32Array(Deno.UnsafePointerView.getArrayBuffer(location, 4)) };
}
