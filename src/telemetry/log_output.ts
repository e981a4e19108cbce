/**
 * Writes of log lines to standard error that never block, and never fail. With a blocking write, a pipe without a reader,
 * a terminal stopped by Ctrl-S or a stuck journal stops the thread that logs, and all calls of that thread.
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";
import { isJournal } from "./journal.ts";

/** A method of writing to standard error. It can be posted to other threads of the process. */
export type LogTarget =
  /** Another open file description of the pipe or terminal, with O_NONBLOCK, unlike that of descriptor 2. */
  | { readonly kind: "nonblocking"; readonly fd: number }
  | { readonly kind: "socket"; readonly isJournal: boolean }
  /** A regular file, which does not block, or a platform without the libc binding. */
  | { readonly kind: "blocking" };

const STDERR = 2;

/** Flags of open(2) for output that does not wait. */
const OUTPUT_FLAGS = libc.O_WRONLY | libc.O_NONBLOCK | libc.O_APPEND | libc.O_NOCTTY;

/** 256 KiB of waiting lines. Further lines are dropped and counted. */
const MAX_WAITING_BYTES = 262_144;

/** 100 ms between attempts to write waiting lines. */
const RETRY_MS = 100;

/** Chooses a method of writing to standard error that does not block, and opens its descriptor. */
export function openLogTarget(): LogTarget {
  if (!libc.isSupported()) return { kind: "blocking" };
  if (libc.getsockopt(STDERR, libc.SOL_SOCKET, libc.SO_TYPE, new Int32Array(1)) >= 0) {
    return { kind: "socket", isJournal: isJournal() };
  }
  if (!Deno.stderr.isTerminal() && libc.pipeSize(STDERR) < 0) return { kind: "blocking" };
  const fd = libc.open(`/proc/self/fd/${STDERR}`, OUTPUT_FLAGS);
  // A terminal or pipe of another user can be written, but not opened.
  return fd < 0 ? { kind: "blocking" } : { kind: "nonblocking", fd };
}

/** A pipe or a device, open for writes that do not wait. */
export interface OutputPipe extends Disposable {
  readonly target: LogTarget;
}

/**
 * Opens a pipe or a device for writes that do not wait; undefined on a platform without the libc binding.
 *
 * @throws {LibcError} `ENXIO` for a pipe that no process reads
 */
export function openOutputPipe(path: string): OutputPipe | undefined {
  if (!libc.isSupported()) return undefined;
  const fd = libc.check("open", libc.open(path, OUTPUT_FLAGS));
  return { target: { kind: "nonblocking", fd }, [Symbol.dispose]: () => libc.close(fd) };
}

/**
 * Writes bytes to a target without waiting.
 *
 * @returns the number of bytes that were written; 0 when there is no room for some at this time
 * @throws {LibcError | Error} when they cannot be written
 */
export function writeSome(target: LogTarget, bytes: Uint8Array): number {
  if (target.kind === "blocking") return Deno.stderr.writeSync(bytes);
  for (;;) {
    const result = target.kind === "socket"
      ? libc.send(STDERR, bytes, bytes.length, libc.MSG_DONTWAIT)
      : libc.writev(target.fd, [bytes]);
    if (result >= 0) return result;
    if (result === -libc.errno.EAGAIN || result === -libc.errno.ENOBUFS) return 0;
    if (result !== -libc.errno.EINTR) throw libc.LibcError.of("write", result);
  }
}

/**
 * Writes as many bytes as a target takes at this time. The others are lost.
 *
 * @throws {LibcError | Error} when they cannot be written
 */
export function writeFitting(target: LogTarget, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    const more = writeSome(target, bytes.subarray(written));
    if (more === 0) return;
    written += more;
  }
}

/** Writes lines to standard error, and keeps lines that do not fit yet. */
export class LogOutput {
  readonly #target: LogTarget;
  readonly #describeDropped: (count: number) => Uint8Array;
  readonly #onDropped: () => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param describeDropped creates the line with the number of dropped lines
   * @param onDropped called for each dropped line
   */
  constructor(
    target: LogTarget,
    describeDropped: (count: number) => Uint8Array,
    onDropped: () => void,
  ) {
    this.#target = target;
    this.#describeDropped = describeDropped;
    this.#onDropped = onDropped;
  }

  /** Writes a line, keeps it for later, or drops it. */
  write(line: Uint8Array): void {
    this.flush();
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#dropped++;
      this.#onDropped();
    } else {
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
      this.flush();
    }
    if (this.#waiting.length > 0) this.#retryLater();
  }

  /** Writes as much of the waiting lines as standard error takes. */
  flush(): void {
    while (this.#waiting.length > 0) {
      const line = this.#waiting[0];
      const written = this.#writeSome(line);
      this.#waitingBytes -= written;
      if (written < line.length) {
        this.#waiting[0] = line.subarray(written);
        return;
      }
      this.#waiting.shift();
      if (this.#waiting.length === 0 && this.#dropped > 0) this.#tellDropped();
    }
  }

  #tellDropped(): void {
    const line = this.#describeDropped(this.#dropped);
    this.#dropped = 0;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.flush();
      if (this.#waiting.length > 0) this.#retryLater();
    }, RETRY_MS);
    Deno.unrefTimer(this.#retry);
  }

  /** Writes a part of a line. Returns the number of bytes that need no further attempt: written or lost. */
  #writeSome(line: Uint8Array): number {
    try {
      return writeSome(this.#target, line);
    } catch (error) {
      // A full disk (ENOSPC, EDQUOT) may have room again, and the reader of a pipe does not come back.
      const mayRecover = this.#target.kind === "blocking" &&
        !(error instanceof Deno.errors.BrokenPipe);
      return mayRecover ? 0 : line.length;
    }
  }
}
