/** Messages to the service manager that started this process: sd_notify(3), sd_watchdog_enabled(3). @module */
import { libc } from "../../ffi/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";

const variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

/** 10 ms: the time to the next attempt while the socket of the manager takes no more messages. */
const RETRY_MS = 10;

/** 64 messages that wait to be sent: the manager reads them within milliseconds. More are dropped. */
const MAX_WAITING = 64;

/** The notification socket of a service manager, and the time of its watchdog. */
export interface ManagerLink {
  /** A path, or a name of the abstract namespace that begins with `@`; or a connected datagram socket. */
  readonly socket: string | number;
  /** The longest time between two keep-alive messages, in milliseconds; undefined when the manager expects none. */
  readonly watchdogMs: number | undefined;
}

/** Reads the variables of the service manager, and removes them from the environment. */
export function takeManagerLink(): ManagerLink | undefined {
  const [socket, microseconds, pid] = variables.map((name) => Deno.env.get(name));
  for (const name of variables) Deno.env.delete(name);
  return socket === undefined ? undefined : linkOf(socket, microseconds, pid);
}

/** Parses the values of NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. */
export function linkOf(socket: string, microseconds = "", pid = String(Deno.pid)): ManagerLink {
  const watched = pid === String(Deno.pid) && /^[1-9][0-9]{0,15}$/.test(microseconds);
  return { socket, watchdogMs: watched ? Number(microseconds) / 1_000 : undefined };
}

/** Sends the state of this process to its service manager. */
export class ServiceManager implements Disposable {
  readonly watchdogMs: number | undefined;
  readonly #link: ManagerLink;
  readonly #log: Logger;
  readonly #waiting: Uint8Array[] = [];
  #fd = -1;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setInterval> | undefined;
  #hasFailed = false;

  constructor(link: ManagerLink, log: Logger) {
    this.#link = link;
    this.#log = log;
    this.watchdogMs = link.watchdogMs;
    if (typeof link.socket === "number") this.#fd = link.socket;
  }

  /** Reports that the server serves, at the start and after each reload. */
  ready(status: string): void {
    this.send("READY=1", `STATUS=${status}`);
  }

  /** Reports that a reload begins. `ready()` ends it. */
  reloading(): void {
    this.send(
      "RELOADING=1",
      `MONOTONIC_USEC=${Math.trunc(libc.monotonicMs() * 1e3)}`,
      "STATUS=Reloading",
    );
  }

  /** Reports that the server stops, which may take up to `ms` milliseconds. */
  stopping(ms: number): void {
    const microseconds = Math.ceil(ms * 1_000);
    this.send("STOPPING=1", "STATUS=Draining", `EXTEND_TIMEOUT_USEC=${microseconds}`);
  }

  /** Sends keep-alive messages, twice as often as the manager expects them, while `isAlive` returns true. */
  startWatchdog(isAlive: () => boolean): void {
    if (this.watchdogMs === undefined) return;
    let wasAlive = true;
    this.#watchdog = setInterval(() => {
      const alive = isAlive();
      if (alive) this.send("WATCHDOG=1");
      else if (wasAlive) {
        this.#log.error("A worker does not answer: the service manager gets no keep-alive message");
      }
      wasAlive = alive;
    }, this.watchdogMs / 2);
  }

  /** Sends a message of lines. It waits while the manager takes none. */
  send(...lines: readonly string[]): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(new TextEncoder().encode(lines.join("\n")));
    this.#flush();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#retry);
    clearInterval(this.#watchdog);
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = -1;
  }

  #flush(): void {
    if (this.#retry !== undefined) return;
    for (; this.#waiting.length > 0; this.#waiting.shift()) {
      const sent = this.#sendOne(this.#waiting[0]);
      if (sent === -libc.errno.EAGAIN) {
        this.#retry = setTimeout(() => {
          this.#retry = undefined;
          this.#flush();
        }, RETRY_MS);
        return;
      }
      if (sent < 0) this.#report(sent);
    }
  }

  /** Sends a datagram. A socket that the manager has opened again refuses the first, and takes the second. */
  #sendOne(bytes: Uint8Array): number {
    const { socket } = this.#link;
    if (this.#fd < 0) this.#fd = connect(socket as string);
    if (this.#fd < 0) return this.#fd;
    const sent = libc.send(this.#fd, bytes, bytes.length);
    if (sent !== -libc.errno.ECONNREFUSED || typeof socket === "number") return sent;
    libc.close(this.#fd);
    this.#fd = connect(socket);
    return this.#fd < 0 ? this.#fd : libc.send(this.#fd, bytes, bytes.length);
  }

  #report(result: number): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#log.warn("The service manager cannot be notified", {
      socket: this.#link.socket,
      reason: libc.LibcError.of("send", result).message,
    });
  }
}

/** Opens a datagram socket to the manager; minus the errno on failure. */
function connect(socket: string): number {
  const bytes = new TextEncoder().encode(socket);
  const isAbstract = socket.startsWith("@");
  if (!isAbstract && !socket.startsWith("/")) return -libc.errno.EAFNOSUPPORT;
  let address: Uint8Array;
  try {
    address = libc.encodeSockaddr(
      isAbstract
        ? { family: "unix-abstract", name: bytes.subarray(1) }
        : { family: "unix", path: bytes },
    );
  } catch {
    return -libc.errno.EINVAL;
  }
  const fd = libc.socket(libc.AF_UNIX, libc.SOCK_DGRAM);
  if (fd < 0) return fd;
  const result = libc.connect(fd, address);
  if (result >= 0) return fd;
  libc.close(fd);
  return result;
}

/** The first words of the lines that a serving process may send to the manager of its supervisor. */
const FORWARDED =
  /^(READY=1|RELOADING=1|STOPPING=1|WATCHDOG=1|STATUS=.*|(MONOTONIC|EXTEND_TIMEOUT)_USEC=[0-9]+)$/;

/** 4 KiB: the largest message of `ServiceManager`. */
const MAX_MESSAGE = 4_096;

/**
 * Forwards the messages of a serving process to the manager of its supervisor, which takes messages of the process that
 * it has started only. Lines of other kinds are dropped: the serving process is not trusted with MAINPID= and the like.
 */
export class ManagerRelay implements Disposable {
  readonly #manager: ServiceManager;
  readonly #fd: number;
  /** The descriptor of the serving process, which inherits it. */
  readonly childFd: number;
  readonly #buffer = new Uint8Array(MAX_MESSAGE);

  constructor(manager: ServiceManager) {
    this.#manager = manager;
    const pair = new Int32Array(2);
    libc.check("socketpair", libc.socketpair(libc.AF_UNIX, libc.SOCK_DGRAM, pair));
    [this.#fd, this.childFd] = pair;
    libc.keepOnExec(this.childFd);
  }

  /** Forwards the messages that have arrived. */
  forward(): void {
    // Bounded: a process that sends without end does not keep the supervisor here.
    for (let i = 0; i < MAX_WAITING; i++) {
      const size = libc.recv(this.#fd, this.#buffer, this.#buffer.length);
      if (size <= 0) return;
      const text = new TextDecoder().decode(this.#buffer.subarray(0, size));
      const lines = text.split("\n").filter((line) => FORWARDED.test(line));
      if (lines.length > 0) this.#manager.send(...lines);
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
    libc.close(this.childFd);
  }
}
