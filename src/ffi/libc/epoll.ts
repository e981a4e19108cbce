/**
 * epoll(7), with an event buffer of 32-bit words.
 *
 * @module
 */
import { errno } from "./errno.ts";
import { platform, PLATFORMS } from "./platform.ts";
import { errnoSet, plausible, settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const WAIT = errnoSet(errno.EBADF, errno.EFAULT, errno.EINTR, errno.EINVAL);

/**
 * The event buffer of epoll_wait(2). The 64 bits of user data of an event are two words, `low` and `high`, to
 * avoid a BigInt.
 *
 * ```text
 * x86-64 (12)  events u32 | data low u32 | data high u32          packed
 * arm64  (16)  events u32 | padding 4 | data low u32 | data high u32
 * ```
 */
export class EpollEvents {
  readonly capacity: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array;
  readonly #stride: number;
  readonly #data: number;

  constructor(capacity: number, layout = platform ?? PLATFORMS.x86_64) {
    this.capacity = capacity;
    this.bytes = new Uint8Array(capacity * layout.epollEventSize);
    this.#words = new Int32Array(this.bytes.buffer);
    this.#stride = layout.epollEventSize / 4;
    this.#data = layout.epollDataOffset / 4;
  }

  /** The readiness bits of the event at `index`. */
  events(index: number): number {
    return this.#words[index * this.#stride];
  }

  /** The low word of its user data, signed. */
  low(index: number): number {
    return this.#words[index * this.#stride + this.#data];
  }

  /** The high word of its user data, signed. */
  high(index: number): number {
    return this.#words[index * this.#stride + this.#data + 1];
  }

  /** Writes an event, as epoll_ctl(2) reads it. */
  set(index: number, events: number, low: number, high: number): void {
    const at = index * this.#stride;
    this.#words[at] = events;
    this.#words[at + this.#data] = low;
    this.#words[at + this.#data + 1] = high;
  }
}

/** Opens an epoll, close-on-exec. */
export function epollCreate(): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.epoll_create1(EPOLL_CLOEXEC), errno);
}

/** Watches `fd` for the first event of `event`. */
export function epollAdd(epfd: number, fd: number, event: EpollEvents): number {
  return control(epfd, EPOLL_CTL_ADD, fd, event);
}

/** Changes the events that `fd` is watched for. */
export function epollModify(epfd: number, fd: number, event: EpollEvents): number {
  return control(epfd, EPOLL_CTL_MOD, fd, event);
}

/** Stops watching `fd`. */
export function epollDelete(epfd: number, fd: number): number {
  return control(epfd, EPOLL_CTL_DEL, fd, undefined);
}

function control(epfd: number, operation: number, fd: number, event?: EpollEvents): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.epoll_ctl(epfd, operation, fd, event?.bytes ?? null), errno);
}

/**
 * Blocks the thread until a descriptor is ready, for at most `timeout` milliseconds (-1: no limit, 0: no wait).
 * Returns the number of events, or `-EINTR` after a signal.
 */
export function epollWait(epfd: number, events: EpollEvents, timeout: number): number {
  const lib = libc();
  const result = lib.symbols.epoll_wait(epfd, events.bytes, events.capacity, timeout);
  return result < 0 ? plausible(lib.errno[0], WAIT) : result;
}

/** epoll_wait(2) on a thread of Deno's blocking pool: -1 on failure, as the errno is of that thread. */
export function epollWaitOffThread(
  epfd: number,
  events: EpollEvents,
  timeout: number,
): Promise<number> {
  return libc().symbols.epoll_wait_off_thread(epfd, events.bytes, events.capacity, timeout);
}
