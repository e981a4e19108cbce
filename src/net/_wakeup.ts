/** Wake-ups of Deno's event loop by an epoll. @module */
import type { Socket as NodeSocket } from "node:net";
import { libc } from "../ffi/mod.ts";
import { nodeNet } from "../node/mod.ts";

/** Reports events of an epoll to Deno's event loop, once after each `arm`. */
export interface Wakeup {
  /** Requests one report, which comes at once when events are pending. Idempotent. */
  arm(): void;
  /** Sets if waiting keeps the process alive. */
  setRef(ref: boolean): void;
  /** Releases all resources. Close the epoll after this resolves. */
  close(): Promise<void>;
}

/** The part in use of Deno's native stream handle, which stands for libuv's `uv_pipe_t`. */
interface PipeHandle {
  open(fd: number): number;
}

/**
 * Opens a handle through which Deno's event loop watches a descriptor. `new net.Socket({ fd })` refuses the
 * type of an eventfd, and `open()` of its internal handle does not. The class of the handle is taken from
 * a socket over one end of a socketpair.
 */
function openPipeHandle(fd: number): PipeHandle | undefined {
  const pair = new Int32Array(2);
  libc.check("socketpair", libc.socketpair(libc.AF_UNIX, libc.SOCK_STREAM, pair));
  libc.close(pair[1]);
  const probe = new (nodeNet().Socket)({ fd: pair[0] });
  try {
    const handle = (probe as unknown as { _handle?: object })._handle;
    const Pipe = handle?.constructor as (new (type: number) => PipeHandle) | undefined;
    if (typeof Pipe?.prototype?.open !== "function") return undefined;
    const pipe = new Pipe(0);
    return pipe.open(fd) === 0 ? pipe : undefined;
  } finally {
    probe.on("error", () => {});
    probe.destroy();
  }
}

/**
 * A wake-up by the kernel: an AIO poll of the epoll signals an eventfd, which Deno's event loop watches. Needs
 * no thread, and no hop between threads.
 */
class KernelWakeup implements Wakeup {
  readonly #poll: libc.AioPoll;
  readonly #socket: NodeSocket;
  #closing: Promise<void> | undefined;

  constructor(epfd: number, onReady: () => void) {
    const counter = libc.check("eventfd", libc.eventfd());
    let handle: PipeHandle | undefined;
    try {
      this.#poll = new libc.AioPoll(epfd, counter);
      try {
        // The first use fails when the kernel does not support the operation.
        this.#poll.arm();
        handle = openPipeHandle(counter);
        if (handle === undefined) throw new TypeError("Deno's stream handle is not as expected");
      } catch (cause) {
        this.#poll[Symbol.dispose]();
        throw cause;
      }
    } catch (cause) {
      libc.close(counter);
      throw cause;
    }
    // From here on, the socket owns the eventfd.
    const options = { handle, readable: true, writable: false };
    this.#socket = new (nodeNet().Socket)(
      options as unknown as ConstructorParameters<typeof NodeSocket>[0],
    );
    this.#socket.on("error", () => {});
    this.#socket.on("data", () => {
      this.#poll.complete();
      onReady();
    });
  }

  arm(): void {
    this.#poll.arm();
  }

  setRef(ref: boolean): void {
    if (ref) this.#socket.ref();
    else this.#socket.unref();
  }

  close(): Promise<void> {
    return this.#closing ??= new Promise((resolve) => {
      this.#poll[Symbol.dispose]();
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }
}

/** 20 ms between polls of the epoll, for a thread wake-up that must not keep the process alive. */
const UNREFERENCED_INTERVAL_MS = 20;

/**
 * A wake-up by a thread of Deno's blocking pool that waits in epoll_wait(2), for kernels without AIO poll
 * (before 4.18, CONFIG_AIO off, a seccomp filter). A wait in progress keeps the process alive, so an
 * unreferenced wake-up polls the epoll by a timer instead.
 */
class ThreadWakeup implements Wakeup {
  readonly #event = new libc.EpollEvents(1);
  #state: "idle" | "waiting" | "closed" = "idle";
  #wanted = false;
  #ref = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: Promise<void> = Promise.resolve();

  constructor(
    readonly epfd: number,
    readonly interrupt: () => void,
    readonly onReady: () => void,
  ) {}

  arm(): void {
    this.#wanted = true;
    if (this.#state !== "idle" || this.#timer !== undefined) return;
    if (!this.#ref) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#wake();
      }, UNREFERENCED_INTERVAL_MS);
      Deno.unrefTimer(this.#timer);
      return;
    }
    this.#state = "waiting";
    this.#waiting = libc.epollWaitOffThread(this.epfd, this.#event, -1).then(() => {
      if (this.#state === "closed") return;
      this.#state = "idle";
      this.#wake();
    });
  }

  setRef(ref: boolean): void {
    if (ref === this.#ref) return;
    this.#ref = ref;
    if (this.#state === "waiting") this.interrupt();
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.arm();
    }
  }

  async close(): Promise<void> {
    const waiting = this.#state === "waiting";
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (waiting) this.interrupt();
    await this.#waiting;
  }

  #wake(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.onReady();
  }
}

/** The kinds of wake-up: by the kernel, or by a thread. */
export type WakeupKind = "kernel" | "thread";

/**
 * Opens a wake-up of a kind, by default the first that the kernel supports.
 *
 * @param interrupt makes the epoll ready, to end the wait of a thread
 * @throws {LibcError} when the kernel does not support the kind
 */
export function openWakeup(
  epfd: number,
  interrupt: () => void,
  onReady: () => void,
  kind?: WakeupKind,
): Wakeup {
  if (kind !== "thread") {
    try {
      return new KernelWakeup(epfd, onReady);
    } catch (cause) {
      if (kind === "kernel") throw cause;
    }
  }
  return new ThreadWakeup(epfd, interrupt, onReady);
}
