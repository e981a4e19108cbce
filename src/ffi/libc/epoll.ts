/**
 * epoll(7), with the event buffer read as 32-bit words.
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
 * Room for what one epoll_wait(2) reports. The 64 bits of an event's user data are two words, `low`
 * and `high`, so that no BigInt comes up.
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

/** A new epoll, close-on-exec. */
export function epollCreate(): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.epoll_create1(EPOLL_CLOEXEC), errno);
}

/** Watches `fd` for the first event of `event`. */
export function epollAdd(epfd: number, fd: number, event: EpollEvents): number {
  return control(epfd, EPOLL_CTL_ADD, fd, event);
}

/** Changes what `fd` is watched for. */
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
 * Waits until a descriptor is ready, `timeout` milliseconds pass (-1: for ever, 0: not at all) or a
 * signal comes (`-EINTR`). This blocks the thread.
 */
export function epollWait(epfd: number, events: EpollEvents, timeout: number): number {
  const lib = libc();
  const result = lib.symbols.epoll_wait(epfd, events.bytes, events.capacity, timeout);
  return result < 0 ? plausible(lib.errno[0], WAIT) : result;
}

/** Waits on a thread of Deno's blocking pool. -1 for a failure, whose errno stays on that thread. */
export function epollWaitOffThread(
  epfd: number,
  events: EpollEvents,
  timeout: number,
): Promise<number> {
  return libc().symbols.epoll_wait_off_thread(epfd, events.bytes, events.capacity, timeout);
}
