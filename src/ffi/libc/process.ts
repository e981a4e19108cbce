/**
 * Limits, placement and priority of processes and threads: getrlimit(2), sched_setaffinity(2), setpriority(2), prctl(2).
 *
 * @module
 */
import { PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, RLIMIT_CORE, RLIMIT_NOFILE } from "./constants.ts";
import { check } from "./error.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/** A soft limit, which applies, and the hard limit, up to which a process may raise it. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/**
 * Reads a limit of this process. RLIM_INFINITY is `Infinity`.
 *
 * @throws {LibcError} `EINVAL`
 */
export function getResourceLimit(resource: number): ResourceLimit {
  const { symbols, errno } = libc();
  const value = new BigUint64Array(2);
  check("getrlimit", settle(() => symbols.getrlimit(resource, value), errno));
  return { soft: limitNumber(value[0]), hard: limitNumber(value[1]) };
}

/**
 * Sets a limit of this process.
 *
 * @throws {LibcError} `EPERM`, `EINVAL`
 */
export function setResourceLimit(resource: number, limit: ResourceLimit): void {
  const { symbols, errno } = libc();
  const value = new BigUint64Array([limitWord(limit.soft), limitWord(limit.hard)]);
  check("setrlimit", settle(() => symbols.setrlimit(resource, value), errno));
}

/**
 * Raises the limit of descriptors to the hard limit, and returns the limit in effect.
 *
 * @throws {LibcError}
 */
export function raiseDescriptorLimit(): ResourceLimit {
  const limit = getResourceLimit(RLIMIT_NOFILE);
  if (limit.soft >= limit.hard) return limit;
  const raised = { soft: limit.hard, hard: limit.hard };
  setResourceLimit(RLIMIT_NOFILE, raised);
  return raised;
}

/** Bytes of glibc's `cpu_set_t`: 1,024 CPUs. */
const CPU_SET_SIZE = 128;

/**
 * Pins the calling thread to CPUs, by number.
 *
 * @throws {LibcError} `EINVAL`: this process may use none of them
 */
export function pinThread(processors: readonly number[]): void {
  const mask = new Uint8Array(CPU_SET_SIZE);
  for (const cpu of processors) mask[cpu >> 3] |= 1 << (cpu & 7);
  const { symbols, errno } = libc();
  check("sched_setaffinity", settle(() => symbols.sched_setaffinity(0, mask.length, mask), errno));
}

/** PRIO_PROCESS (sys/resource.h), which on Linux is a thread. */
const PRIO_PROCESS = 0;

/**
 * Lowers the priority of the calling thread to a nice value: setpriority(2).
 *
 * @throws {LibcError} `EACCES` for one that is lower than its nice value
 */
export function lowerThreadPriority(nice: number): void {
  const { symbols, errno } = libc();
  check("setpriority", settle(() => symbols.setpriority(PRIO_PROCESS, 0, nice), errno));
}

/**
 * prctl(2) with one argument.
 *
 * @throws {LibcError}
 */
export function prctl(option: number, argument: number): number {
  const { symbols, errno } = libc();
  return check("prctl", settle(() => symbols.prctl(option, argument, 0, 0, 0), errno));
}

/**
 * Excludes the memory of this process, all its threads, from core dumps and from other processes of the same user:
 * ptrace(2), /proc/PID/mem. Its children have no core dumps either.
 *
 * @throws {LibcError}
 */
export function forbidDumps(): void {
  prctl(PR_SET_DUMPABLE, 0);
  setResourceLimit(RLIMIT_CORE, { soft: 0, hard: 0 });
}

/**
 * Keeps execve(2) from giving privileges, such as those of set-user-ID files, to the calling thread and to the threads and
 * processes that it starts.
 *
 * @throws {LibcError} `EINVAL`: Linux before 3.5
 */
export function forbidNewPrivileges(): void {
  prctl(PR_SET_NO_NEW_PRIVS, 1);
}

const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;

function limitNumber(word: bigint): number {
  return word === RLIM_INFINITY ? Infinity : Number(word);
}

function limitWord(limit: number): bigint {
  return limit === Infinity ? RLIM_INFINITY : BigInt(limit);
}
