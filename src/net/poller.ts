/** An epoll with a handler for each descriptor. @module */
import { libc } from "../ffi/mod.ts";
import { NetError } from "./errors.ts";

/** Handles the readiness of a descriptor. */
export interface PollHandler {
  /** True to have the next event handled after those of other descriptors, by `Poller.handleDeferred()`. */
  readonly defers?: boolean;
  /** @param events EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLRDHUP, or-ed together */
  onReady(events: number): void;
}

/** Watches descriptors: a `Poller`, whose thread blocks, or a `Reactor` on Deno's event loop. */
export interface Registrar {
  /**
   * Watches `fd`, level-triggered, for `interest`. EPOLLERR and EPOLLHUP are always reported.
   *
   * @throws {NetError} EEXIST, ENOMEM, ENOSPC (/proc/sys/fs/epoll/max_user_watches)
   */
  add(fd: number, interest: number, handler: PollHandler): void;
  /** Changes the interest in `fd`. Not for a descriptor added with EPOLLEXCLUSIVE. */
  modify(fd: number, interest: number): void;
  /** Stops watching `fd`. Call it before `fd` is closed. No effect on a descriptor that is not watched. */
  remove(fd: number): void;
}

/** 256 events of one call; the kernel reports the others by the next call. */
const EVENTS_PER_WAIT = 256;

/**
 * An epoll for a thread that waits for nothing else: `wait` blocks the thread. Handlers are in an array by
 * descriptor. Each registration has a generation, which the kernel returns with its events. An event of an
 * old generation is dropped: a handler before it has removed the descriptor, whose number may be in use again.
 */
export class Poller implements Registrar, Disposable {
  readonly fd: number;
  /** An eventfd that ends a `wait` from any thread: `wakePoller(wakeFd)`. */
  readonly wakeFd: number;
  /** Called after each event: true defers the other events to the next `wait`. */
  pause: () => boolean = () => false;
  /** Called by `wait` after `wakePoller`, once for all wake-ups since the last call. */
  onWake: () => void = () => {};
  readonly #handlers: (PollHandler | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #events = new libc.EpollEvents(EVENTS_PER_WAIT);
  readonly #change = new libc.EpollEvents(1);
  /** Events that were taken from the kernel, and the next one to handle. */
  #count = 0;
  #next = 0;
  /** Events of deferring handlers by descriptor, in the order in which they were first reported. */
  readonly #deferred = new Map<number, number>();
  #size = 0;
  #closed = false;

  /** @throws {LibcError} `UNSUPPORTED_PLATFORM`, `EMFILE`, `ENFILE` */
  constructor() {
    this.fd = libc.check("epoll_create1", libc.epollCreate());
    const wakeFd = libc.eventfd();
    if (wakeFd < 0) libc.close(this.fd);
    this.wakeFd = libc.check("eventfd", wakeFd);
    this.add(this.wakeFd, libc.EPOLLIN, {
      onReady: () => {
        libc.drainCounter(this.wakeFd);
        this.onWake();
      },
    });
    this.#size = 0;
  }

  /** The number of watched descriptors, without `wakeFd`. */
  get size(): number {
    return this.#size;
  }

  /** True while events wait that were taken from the kernel. */
  get hasPending(): boolean {
    return this.#next < this.#count || this.#deferred.size > 0;
  }

  add(fd: number, interest: number, handler: PollHandler): void {
    if (this.#closed) {
      throw new NetError("CLOSED", `Cannot watch descriptor ${fd}: poller is closed`);
    }
    const generation = ((this.#generations[fd] ?? 0) + 1) | 0;
    this.#change.set(0, interest, fd, generation);
    this.#done("watch", fd, libc.epollAdd(this.fd, fd, this.#change));
    this.#generations[fd] = generation;
    this.#handlers[fd] = handler;
    this.#size++;
  }

  modify(fd: number, interest: number): void {
    if (this.#handlers[fd] === undefined) return;
    this.#change.set(0, interest, fd, this.#generations[fd]);
    this.#done("change the events of", fd, libc.epollModify(this.fd, fd, this.#change));
  }

  remove(fd: number): void {
    if (this.#handlers[fd] === undefined || this.#closed) return;
    this.#handlers[fd] = undefined;
    this.#generations[fd] = (this.#generations[fd] + 1) | 0;
    this.#deferred.delete(fd);
    this.#size--;
    libc.epollDelete(this.fd, fd);
  }

  /**
   * Waits until descriptors are ready and calls their handlers. After an exception of a handler, and after
   * `pause`, the other events are handled by the next call, which then does not wait. It does not wait either while
   * deferred events are left.
   *
   * @param timeout milliseconds; 0 does not wait, -1 waits without limit
   * @returns the number of events that were handled; 0 after the timeout and after a signal
   */
  wait(timeout: number): number {
    if (this.#next === this.#count) this.#take(this.#deferred.size > 0 ? 0 : timeout);
    const first = this.#next;
    while (this.#next < this.#count) {
      const i = this.#next++;
      const fd = this.#events.low(i);
      // The descriptor may have been removed since, and its number reused.
      if (this.#generations[fd] !== this.#events.high(i)) continue;
      const handler = this.#handlers[fd]!;
      if (handler.defers) {
        this.#deferred.set(fd, this.#events.events(i));
        continue;
      }
      this.#deferred.delete(fd);
      handler.onReady(this.#events.events(i));
      if (this.pause()) break;
    }
    return this.#next - first;
  }

  /**
   * Handles deferred events: one, and then others until `pause`. The next call continues with the descriptor after.
   *
   * @param max the largest number of events to handle
   * @returns the number of events that were handled
   */
  handleDeferred(max = Infinity): number {
    // Most looks find none, and V8 allocates an iterator even then.
    if (this.#deferred.size === 0) return 0;
    let handled = 0;
    for (const [fd, events] of this.#deferred) {
      this.#deferred.delete(fd);
      this.#handlers[fd]!.onReady(events);
      if (++handled >= max || this.pause()) break;
    }
    return handled;
  }

  #take(timeout: number): void {
    this.#next = this.#count = 0;
    const count = libc.epollWait(this.fd, this.#events, timeout);
    if (count >= 0) this.#count = count;
    else if (count !== -libc.errno.EINTR) {
      throw NetError.ofLibc("wait for events", libc.LibcError.of("epoll_wait", count));
    }
  }

  /** Closes the epoll; watched descriptors stay open. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#size = 0;
    this.#handlers.length = 0;
    this.#next = this.#count = 0;
    this.#deferred.clear();
    libc.close(this.fd);
    libc.close(this.wakeFd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #done(action: string, fd: number, result: number): void {
    if (result < 0) {
      throw NetError.ofLibc(`${action} descriptor ${fd}`, libc.LibcError.of("epoll_ctl", result));
    }
  }
}

/** Ends the `wait` of the poller with this `wakeFd`, from any thread. */
export function wakePoller(wakeFd: number): void {
  libc.signalEventfd(wakeFd);
}
