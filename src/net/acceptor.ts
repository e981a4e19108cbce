/** Accepts connections, and pauses while descriptors are short. @module */
import { libc } from "../ffi/mod.ts";
import { formatAddress } from "./address.ts";
import { NetError } from "./errors.ts";
import type { Listener } from "./listener.ts";
import type { PollHandler, Registrar } from "./poller.ts";
import type { Socket } from "./socket.ts";

/** 64: connections accepted in one turn, so that other descriptors get theirs. */
const ACCEPTS_PER_EVENT = 64;

/** 100 ms: the pause of accepting when descriptors or kernel memory are short. */
const ACCEPT_PAUSE_MS = 100;

/**
 * 8 descriptors that an acceptor reserves, and closes while accepting is paused, so that the rest of the
 * process can open some. Without one, Deno 2.9.6 panics: its main thread reads /proc/self/maps for the size
 * of its stack (pthread_getattr_np(3), in the crate stacker).
 */
export const RESERVED_DESCRIPTORS = 8;

export interface AcceptorOptions {
  /** Takes ownership of each connection. */
  readonly onConnection: (socket: Socket) => void;
  /** Called each time that accepting fails for lack of descriptors or memory. */
  readonly onShortage?: () => void;
  /** Called when accepting pauses, at most once before `onResume`. */
  readonly onPause?: (error: NetError) => void;
  /** Called after a pause when the backlog is empty: a single accepted connection does not end a shortage. */
  readonly onResume?: () => void;
  /** Only one of the pollers that watch the listener is woken by a connection (EPOLLEXCLUSIVE). */
  readonly exclusive?: boolean;
  /**
   * Called for each descriptor of the acceptor itself, after it is opened and before it is closed, so that
   * another thread can close the descriptors when this thread has ended.
   */
  readonly holds?: ((fd: number, held: boolean) => void) | undefined;
}

/**
 * Accepts a listener's connections on a poller or a reactor.
 *
 * When descriptors run out, accept(2) fails and the connection stays in the backlog, and a level-triggered
 * epoll reports it again and again. Therefore the listener is removed from the epoll, and a timer adds it
 * again. The timer is a timerfd, opened in advance: it works without the event loop.
 *
 * ```text
 * accepting ── EMFILE, ENFILE, ENOBUFS, ENOMEM ──▶ paused ── timer ──▶ accepting
 *     └──────────────────── close() ──────────────────┴──▶ closed
 * ```
 */
export class Acceptor implements PollHandler, Disposable {
  readonly #listener: Listener;
  readonly #registrar: Registrar;
  readonly #options: AcceptorOptions;
  readonly #timer: number;
  readonly #reserved: number[] = [];
  #state: "accepting" | "paused" | "closed" = "accepting";
  #reported = false;

  /**
   * Starts accepting. The caller still owns the listener, and closes it after the acceptor.
   *
   * @throws {NetError | LibcError}
   */
  constructor(listener: Listener, registrar: Registrar, options: AcceptorOptions) {
    this.#listener = listener;
    this.#registrar = registrar;
    this.#options = options;
    this.#timer = libc.check("timerfd_create", libc.timerfd());
    options.holds?.(this.#timer, true);
    try {
      this.#watch();
    } catch (error) {
      this.#closeOwn(this.#timer);
      throw error;
    }
    this.#reserve();
  }

  onReady(): void {
    for (let i = 0; i < ACCEPTS_PER_EVENT && this.#state === "accepting"; i++) {
      const accepted = this.#listener.accept();
      if (typeof accepted === "number") {
        if (isShortage(accepted)) this.#pause(accepted);
        // Other errors are of this connection only, such as a reset in the backlog (accept(2)).
        if (accepted === -libc.errno.EAGAIN) return this.#caughtUp();
        continue;
      }
      this.#options.onConnection(accepted);
    }
  }

  /** Stops accepting; connections in the backlog stay there. */
  close(): void {
    if (this.#state === "closed") return;
    this.#registrar.remove(this.#state === "paused" ? this.#timer : this.#listener.fd);
    this.#state = "closed";
    this.#closeOwn(this.#timer);
    this.#release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #watch(): void {
    const exclusive = this.#options.exclusive ? libc.EPOLLEXCLUSIVE : 0;
    this.#registrar.add(this.#listener.fd, libc.EPOLLIN | exclusive, this);
  }

  #pause(result: number): void {
    this.#state = "paused";
    this.#release();
    this.#registrar.remove(this.#listener.fd);
    libc.armTimerfd(this.#timer, ACCEPT_PAUSE_MS);
    this.#registrar.add(this.#timer, libc.EPOLLIN, { onReady: () => this.#resume() });
    this.#options.onShortage?.();
    if (this.#reported) return;
    this.#reported = true;
    this.#options.onPause?.(NetError.ofLibc(
      `accept on ${formatAddress(this.#listener.address)}`,
      libc.LibcError.of("accept4", result),
      "connections wait until others close; raise the limit of open files (ulimit -n)",
    ));
  }

  #caughtUp(): void {
    if (!this.#reported) return;
    this.#reported = false;
    this.#reserve();
    this.#options.onResume?.();
  }

  #resume(): void {
    if (this.#state !== "paused") return;
    this.#registrar.remove(this.#timer);
    libc.drainCounter(this.#timer);
    this.#state = "accepting";
    this.#reserve();
    this.#watch();
  }

  /** Opens reserved descriptors, as many as the limit allows. */
  #reserve(): void {
    while (this.#reserved.length < RESERVED_DESCRIPTORS) {
      const fd = libc.eventfd();
      if (fd < 0) return;
      this.#options.holds?.(fd, true);
      this.#reserved.push(fd);
    }
  }

  #release(): void {
    for (const fd of this.#reserved.splice(0)) this.#closeOwn(fd);
  }

  #closeOwn(fd: number): void {
    this.#options.holds?.(fd, false);
    libc.close(fd);
  }
}

function isShortage(result: number): boolean {
  return result === -libc.errno.EMFILE || result === -libc.errno.ENFILE ||
    result === -libc.errno.ENOBUFS || result === -libc.errno.ENOMEM;
}
