/** Words of a worker's head, before its ring. */
const Word = {
  /** One of `WorkerState`. */
  STATE: 0,
  /** Connections that it has, or was given. */
  CONNECTIONS: 1,
  /** Messages that the main thread has posted to it. */
  MESSAGES: 2,
  WAKE_FD: 3,
  EPOLL_FD: 4,
  RING_HEAD: 5,
  RING_TAIL: 6,
} as const;

const HEAD_WORDS = 8;

/** Descriptors on their way to one worker: more than are accepted in one go. A power of two. */
const RING_WORDS = 1_024;

const WORKER_WORDS = HEAD_WORDS + RING_WORDS;

/** Workers that one byte tells apart, 0 being none. */
export const MAX_WORKERS = 255;

/** Descriptors whose owner is known: Linux's own default for the most that a process may have. */
const MAX_DESCRIPTORS = 1 << 20;

export const WorkerState = { ABSENT: 0, SERVING: 1 } as const;

/** The memory behind a `SharedState`, as it is posted to workers. */
export interface SharedMemory {
  readonly words: SharedArrayBuffer;
  readonly owners: SharedArrayBuffer;
}

/**
 * What the threads of a server share: how many connections each worker has, descriptors on their way
 * from one to the other, and who owns which, so that those of a worker that dies can be closed.
 *
 * ```text
 * words   for each worker: state, counts, its epoll and eventfd, and a ring of descriptors
 * owners  for each descriptor: its worker's number from 1 on, or 0
 * ```
 */
export class SharedState {
  readonly memory: SharedMemory;
  readonly workers: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #owners: Uint8Array<SharedArrayBuffer>;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.words);
    this.#owners = new Uint8Array(memory.owners);
    this.workers = this.#words.length / WORKER_WORDS;
  }

  static create(workers: number): SharedState {
    return new SharedState({
      words: new SharedArrayBuffer(workers * WORKER_WORDS * 4),
      owners: new SharedArrayBuffer(MAX_DESCRIPTORS),
    });
  }

  isServing(worker: number): boolean {
    return this.#load(worker, Word.STATE) === WorkerState.SERVING;
  }

  /** A worker begins to serve. */
  enter(worker: number, epollFd: number, wakeFd: number): void {
    this.#store(worker, Word.EPOLL_FD, epollFd);
    this.#store(worker, Word.WAKE_FD, wakeFd);
    this.#store(worker, Word.STATE, WorkerState.SERVING);
  }

  /**
   * A worker is no more. Gives the descriptors that were its own, which nobody else will close: those of
   * its connections and, where it had come so far, its epoll and eventfd.
   */
  leave(worker: number): number[] {
    const serving = this.isServing(worker);
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
    const orphans = serving
      ? [this.#load(worker, Word.EPOLL_FD), this.#load(worker, Word.WAKE_FD)]
      : [];
    for (let fd = 0; fd < this.#owners.length; fd++) {
      if (this.#owners[fd] === worker + 1 && this.disown(worker, fd)) orphans.push(fd);
    }
    this.#words.fill(0, worker * WORKER_WORDS, (worker + 1) * WORKER_WORDS);
    return orphans;
  }

  /** A worker ends in order: it closes what is its own itself. */
  retire(worker: number): void {
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
  }

  /** The eventfd that wakes a worker which serves. */
  wakeFd(worker: number): number {
    return this.#load(worker, Word.WAKE_FD);
  }

  /** Connections that a worker has, or was given. */
  connections(worker: number): number {
    return this.#load(worker, Word.CONNECTIONS);
  }

  addConnections(worker: number, count: number): void {
    Atomics.add(this.#words, worker * WORKER_WORDS + Word.CONNECTIONS, count);
  }

  /** The worker with the fewest connections of those that serve; `self` when it is one of them. */
  fewest(self: number): number {
    let best = self;
    for (let worker = 0; worker < this.workers; worker++) {
      const fewer = this.connections(worker) < this.connections(best);
      if (fewer && this.isServing(worker)) best = worker;
    }
    return best;
  }

  /** Takes note of a message that is about to be posted. */
  announceMessage(worker: number): void {
    Atomics.add(this.#words, worker * WORKER_WORDS + Word.MESSAGES, 1);
  }

  /** Messages that were posted to a worker since it began. */
  announcedMessages(worker: number): number {
    return this.#load(worker, Word.MESSAGES);
  }

  /** Whether a descriptor is one whose owner can be noted. */
  canOwn(fd: number): boolean {
    return fd < this.#owners.length;
  }

  /** Notes a worker as the owner of a descriptor that nobody owns. */
  own(worker: number, fd: number): void {
    Atomics.store(this.#owners, fd, worker + 1);
  }

  /** Whether a worker is the owner of a descriptor. */
  owns(worker: number, fd: number): boolean {
    return Atomics.load(this.#owners, fd) === worker + 1;
  }

  /** Takes a descriptor from a worker. False when it is not that one's (any more). */
  disown(worker: number, fd: number): boolean {
    return Atomics.compareExchange(this.#owners, fd, worker + 1, 0) === worker + 1;
  }

  /** Puts a descriptor into a worker's ring, from any thread. False when that is full. */
  push(worker: number, fd: number): boolean {
    const base = worker * WORKER_WORDS;
    for (;;) {
      const tail = this.#load(worker, Word.RING_TAIL);
      if (((tail - this.#load(worker, Word.RING_HEAD)) | 0) >= RING_WORDS) return false;
      const next = (tail + 1) | 0;
      if (Atomics.compareExchange(this.#words, base + Word.RING_TAIL, tail, next) !== tail) {
        continue;
      }
      Atomics.store(this.#words, base + slotOf(tail), fd + 1);
      return true;
    }
  }

  /** The next descriptor of a worker's own ring; undefined when there is none. */
  shift(worker: number): number | undefined {
    const base = worker * WORKER_WORDS;
    const head = this.#load(worker, Word.RING_HEAD);
    // A slot that is taken but not written yet is empty: who writes it wakes this worker after that.
    const value = Atomics.exchange(this.#words, base + slotOf(head), 0);
    if (value === 0) return undefined;
    this.#store(worker, Word.RING_HEAD, (head + 1) | 0);
    return value - 1;
  }

  #load(worker: number, word: number): number {
    return Atomics.load(this.#words, worker * WORKER_WORDS + word);
  }

  #store(worker: number, word: number, value: number): void {
    Atomics.store(this.#words, worker * WORKER_WORDS + word, value);
  }
}

function slotOf(index: number): number {
  return HEAD_WORDS + (index & (RING_WORDS - 1));
}
