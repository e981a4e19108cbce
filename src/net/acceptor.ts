import { libc } from "../ffi/mod.ts";
import { formatAddress } from "./address.ts";
import { NetError } from "./errors.ts";
import type { Listener } from "./listener.ts";
import type { PollHandler, Registrar } from "./poller.ts";
import type { Socket } from "./socket.ts";

/** Connections accepted before other descriptors have their turn. */
const ACCEPTS_PER_EVENT = 64;

/** How long accepting pauses when the process or the machine is out of descriptors or of memory. */
export const ACCEPT_PAUSE_MS = 100;

/**
 * Descriptors that an acceptor holds for the rest of the process, which has them while accepting pauses.
 * Without any, Deno 2.9.6 panics as soon as it opens one for itself: its main thread reads /proc/self/maps
 * to learn the size of its stack (pthread_getattr_np(3), in the crate stacker).
 */
export const RESERVED_DESCRIPTORS = 8;

export interface AcceptorOptions {
  /** Called with each connection, which is the callee's from then on. */
  readonly onConnection: (socket: Socket) => void;
  /** Called once when accepting pauses, and not again before `onResume`. */
  readonly onPause?: (error: NetError) => void;
  /**
   * Called when all that waited during a pause has been accepted. One connection that gets the one descriptor
   * that came free is not the end of the shortage, and would be told of with each.
   */
  readonly onResume?: () => void;
  /** Only one of the pollers that watch the listener is woken by a connection (EPOLLEXCLUSIVE). */
  readonly exclusive?: boolean;
  /**
   * Told of each descriptor that the acceptor has of its own: after it is opened, and before it is closed.
   * For whoever has to close them when the thread is gone.
   */
  readonly holds?: (fd: number, held: boolean) => void;
}

/**
 * Accepts a listener's connections on a poller or a reactor.
 *
 * Out of descriptors, accept(2) fails and the connection stays in the backlog, so that a level-triggered
 * epoll would report it without end. The listener is therefore taken out of the epoll and put back by a
 * timer. The timer is a descriptor that is opened here, while there still are descriptors: it needs no
 * clock of the event loop.
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
   * Starts accepting. The listener stays the caller's to close, after the acceptor.
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
      this.#giveUp(this.#timer);
      throw error;
    }
    this.#reserve();
  }

  onReady(): void {
    for (let i = 0; i < ACCEPTS_PER_EVENT && this.#state === "accepting"; i++) {
      const accepted = this.#listener.accept();
      if (typeof accepted === "number") {
        if (isShortage(accepted)) this.#pause(accepted);
        // Anything else is this one connection's: it was reset in the backlog, say (accept(2)).
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
    this.#giveUp(this.#timer);
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

  /** Takes as many as can be had. */
  #reserve(): void {
    while (this.#reserved.length < RESERVED_DESCRIPTORS) {
      const fd = libc.eventfd();
      if (fd < 0) return;
      this.#options.holds?.(fd, true);
      this.#reserved.push(fd);
    }
  }

  #release(): void {
    for (const fd of this.#reserved.splice(0)) this.#giveUp(fd);
  }

  #giveUp(fd: number): void {
    this.#options.holds?.(fd, false);
    libc.close(fd);
  }
}

function isShortage(result: number): boolean {
  return result === -libc.errno.EMFILE || result === -libc.errno.ENFILE ||
    result === -libc.errno.ENOBUFS || result === -libc.errno.ENOMEM;
}
