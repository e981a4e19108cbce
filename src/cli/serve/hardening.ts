/**
 * Restrictions of a process that holds private keys, beyond `guardProcess()`. `docs/hardening.md` lists them all.
 *
 * @module
 */
import { libc, openLibcrypto, type SecureHeap } from "../../ffi/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { usageError } from "../exit.ts";
import { formatSize } from "../../config/mod.ts";
import { endsMachine } from "../machine_end.ts";

/** The system calls of starting programs, which a supervisor needs. */
const execution: ReadonlySet<libc.SystemCall> = new Set(["execve", "execveat"]);

/**
 * Forbids system calls that a server never makes, in every thread and until the end of the process: starting programs,
 * reading other processes, mounting, loading modules. Called before a key is read.
 *
 * @param mayStart leaves out those of starting programs
 */
export function refuseUnneededCalls(log: Logger, { mayStart = false } = {}): void {
  if (!libc.isSupported()) return;
  const refused = libc.refusableSystemCalls.filter((name) =>
    !(mayStart && execution.has(name)) && !(name === "reboot" && endsMachine())
  );
  try {
    libc.refuseSystemCalls(refused);
  } catch (error) {
    log.warn("System calls are not restricted: the kernel takes no seccomp filter", {
      reason: (error as Error).message,
    });
  }
}

/** Warns of a server that runs as root on a machine that it does not have for itself. */
export function warnOfRoot(log: Logger): void {
  if (!libc.isSupported() || Deno.uid() !== 0) return;
  const cpu = libc.readSmallFile("/proc/cpuinfo") ?? "";
  if (isGuest(cpu, libc.readSmallFile("/sys/hypervisor/type")) || isContainer()) return;
  log.warn("The server runs as root, outside of a guest and of a container: use a user of its own");
}

/** Reports whether a machine is virtual, by /proc/cpuinfo (x86-64) or by the type of its hypervisor. */
export function isGuest(cpuinfo: string, hypervisor: string | undefined): boolean {
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) || hypervisor !== undefined;
}

/** Files that container engines make: Docker, Podman, and systemd (container interface). */
function isContainer(): boolean {
  return ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"].some((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** The part of the secure heap that keys may take: the rest is for signatures and TLS handshakes. */
const KEYS_SHARE = 3 / 4;

/** The memory of a server's private keys. */
export class KeyMemory {
  readonly #bytes: number;
  readonly #heap: SecureHeap | undefined;

  /**
   * Opens libcrypto's secure heap. To be called before the first key is read.
   *
   * @param bytes its size; undefined for none
   */
  constructor(bytes: number | undefined, log: Logger) {
    this.#bytes = bytes ?? 0;
    if (bytes === undefined) return;
    this.#heap = openLibcrypto().openSecureHeap(bytes);
    if (this.#heap.isLocked) return;
    log.warn("Private keys may be written to swap: the limit of locked memory is too low", {
      needed: formatSize(bytes),
      hint: "raise it (ulimit -l), or use no swap",
    });
  }

  /**
   * Checks that the keys leave room for signatures.
   *
   * @throws {CliError}
   */
  expectRoom(): void {
    if (this.#heap === undefined || this.#heap.used <= this.#bytes * KEYS_SHARE) return;
    throw usageError(
      `The keys take more than three quarters of --secure-memory ${formatSize(this.#bytes)}`,
      `Use --secure-memory ${formatSize(2 * this.#bytes)}, and see ulimit -l`,
    );
  }
}
