/**
 * Standard error as logs write to it: a write never waits for a reader. A pipe that nobody reads, a terminal that
 * is stopped with Ctrl-S or a journal that is stuck would otherwise hold the thread that logs, and with it every
 * call of that thread.
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";

/** A way to write to standard error. It can be posted to other threads of the process. */
export type LogTarget =
  /** A description of the pipe or terminal of its own, with O_NONBLOCK, which the one of descriptor 2 has not. */
  | { readonly kind: "nonblocking"; readonly fd: number }
  | { readonly kind: "socket" }
  /** A file, which takes what it is given, or a platform without the libc binding. */
  | { readonly kind: "blocking" };

const STDERR = 2;

/** Bytes of lines that wait for room. More are dropped, and their number is told. */
const MAX_WAITING_BYTES = 262_144;

/** Milliseconds after which lines that wait are tried again. */
const RETRY_MS = 100;

/** Finds out how standard error can be written to without waiting. */
export function openLogTarget(): LogTarget {
  if (!libc.isSupported()) return { kind: "blocking" };
  if (libc.getsockopt(STDERR, libc.SOL_SOCKET, libc.SO_TYPE, new Int32Array(1)) >= 0) {
    return { kind: "socket" };
  }
  if (!Deno.stderr.isTerminal() && libc.pipeSize(STDERR) < 0) return { kind: "blocking" };
  const flags = libc.O_WRONLY | libc.O_NONBLOCK | libc.O_APPEND | libc.O_NOCTTY;
  const fd = libc.open(`/proc/self/fd/${STDERR}`, flags);
  // Another user's terminal or pipe can be written to, but not opened.
  return fd < 0 ? { kind: "blocking" } : { kind: "nonblocking", fd };
}

/** Lines on their way to standard error. */
export class LogOutput {
  readonly #target: LogTarget;
  readonly #describeDropped: (count: number) => Uint8Array;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @param describeDropped makes the line that tells how many lines were dropped */
  constructor(target: LogTarget, describeDropped: (count: number) => Uint8Array) {
    this.#target = target;
    this.#describeDropped = describeDropped;
  }

  /** Writes a line, or keeps it until there is room, or drops it. */
  write(line: Uint8Array): void {
    this.flush();
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#dropped++;
    } else {
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
      this.flush();
    }
    if (this.#waiting.length > 0) this.#retryLater();
  }

  /** Writes as much of what waits as there is room for. */
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

  /** Bytes that are done with: written, or lost because there is no reader any more. */
  #writeSome(line: Uint8Array): number {
    const target = this.#target;
    if (target.kind === "blocking") {
      for (let at = 0; at < line.length;) at += Deno.stderr.writeSync(line.subarray(at));
      return line.length;
    }
    for (;;) {
      const result = target.kind === "socket"
        ? libc.send(STDERR, line, line.length, libc.MSG_DONTWAIT)
        : libc.writev(target.fd, [line]);
      if (result >= 0) return result;
      if (result === -libc.errno.EAGAIN || result === -libc.errno.ENOBUFS) return 0;
      if (result !== -libc.errno.EINTR) return line.length;
    }
  }
}
