/**
 * A seccomp filter that refuses system calls by their numbers: seccomp(2), with the program in the classic BPF of
 * bpf(4). A refused call fails with EPERM, and the process continues.
 *
 * @module
 */
import { check } from "./error.ts";
import { platform } from "./platform.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/**
 * Numbers of system calls on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl) and on arm64
 * (include/uapi/asm-generic/unistd.h); null where there is none.
 */
const numbers = {
  execve: [59, 221],
  execveat: [322, 281],
  // Reading and changing other processes, and this one from outside.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  // Interfaces of the kernel with a long record of privilege escalation.
  perf_event_open: [298, 241],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Mounts and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  setns: [308, 268],
  unshare: [272, 97],
  open_by_handle_at: [304, 265],
  // The machine: kernel modules, another kernel, swap, ports.
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  iopl: [172, null],
  ioperm: [173, null],
} as const satisfies Record<string, readonly [x86: number, arm: number | null]>;

/** The name of a system call that can be refused. */
export type SystemCall = keyof typeof numbers;

/** Names of all of them. */
export const refusableSystemCalls = Object.keys(numbers) as readonly SystemCall[];

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 (include/uapi/linux/audit.h). */
const auditArch = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 } as const;

/** Set in the numbers of the x32 ABI, by which x86-64 has each call a second time. */
const X32_SYSCALL_BIT = 0x4000_0000;

// include/uapi/linux/bpf_common.h: load a word at an offset, jump, return.
const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
const RETURN = 0x06;

// struct seccomp_data: int nr; __u32 arch; …
const NUMBER_OFFSET = 0;
const ARCH_OFFSET = 4;

// include/uapi/linux/seccomp.h, and EPERM in the low bits.
const ALLOW = 0x7fff_0000;
const REFUSE = 0x0005_0001;
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;

/** An instruction, as `struct sock_filter` has it: code, offsets of the jump if true and if false, operand. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/**
 * Assembles the filter. A call of another architecture, such as of 32-bit programs, is refused too, as the numbers mean
 * other calls there.
 *
 * ```text
 *         load arch;  if not ours: goto refuse
 *         load number; if of x32: goto refuse
 *         if one of the refused: goto refuse      (for each)
 *         return ALLOW
 * refuse: return EPERM
 * ```
 */
export function assembleFilter(
  refused: readonly SystemCall[],
  arch: keyof typeof auditArch,
): Uint8Array<ArrayBuffer> {
  const column = arch === "x86_64" ? 0 : 1;
  const refusedNumbers = refused.map((name) => numbers[name][column]).filter((n) => n !== null);
  const tests: [code: number, operand: number][] = refusedNumbers.map((n) => [JUMP_IF_EQUAL, n]);
  if (arch === "x86_64") tests.unshift([JUMP_IF_GREATER_OR_EQUAL, X32_SYSCALL_BIT]);
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCH_OFFSET],
    // To the last instruction: over the load, the tests and the return.
    [JUMP_IF_EQUAL, 0, tests.length + 2, auditArch[arch]],
    [LOAD, 0, 0, NUMBER_OFFSET],
    ...tests.map(([code, operand], i): Instruction => [code, tests.length - i, 0, operand]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, REFUSE],
  ];
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, ifTrue, ifFalse, operand], i) => {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, ifTrue);
    view.setUint8(8 * i + 3, ifFalse);
    view.setUint32(8 * i + 4, operand, true);
  });
  return bytes;
}

/**
 * Refuses system calls to every thread of this process and to its children, irrevocably. Also sets `no_new_privs` in every
 * thread, if the calling thread has it, as it must unless it is privileged.
 *
 * @throws {LibcError} `ENOSYS`, `EINVAL` where the kernel has no seccomp, `EACCES` without `no_new_privs`, `ESRCH` when
 * another thread has a filter of its own
 */
export function refuseSystemCalls(names: readonly SystemCall[]): void {
  const filter = assembleFilter(names, platform!.arch);
  // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
  const program = new BigUint64Array(2);
  program[0] = BigInt(filter.length / 8);
  program[1] = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(filter)));
  const { symbols, errno } = libc();
  const install = () => {
    const thread = symbols
      .syscall_seccomp(
        platform!.seccomp,
        SECCOMP_SET_MODE_FILTER,
        SECCOMP_FILTER_FLAG_TSYNC,
        program,
      );
    // With TSYNC, the result is the thread that could not be given the filter; errno is not set.
    if (thread > 0) errno[0] = ESRCH;
    return thread > 0 ? -1 : thread;
  };
  check("seccomp", settle(install, errno));
}

const ESRCH = 3;
