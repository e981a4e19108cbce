/** Words of a worker's head, before its ring. */
const Word = {
  /** One of `WorkerState`. */
  STATE: 0,
  /** Connections that it has, or was given. */
  CONNECTIONS: 1,
  /** Messages that the main thread has posted to it. */
  MESSAGES: 2,
  /** Descriptors are kept plus one: 0 is none. */
  WAKE_FD: 3,
  EPOLL_FD: 4,
  /** That by which others see whether the thread is still there. */
  THREAD_FD: 5,
  RING_HEAD: 6,
  RING_TAIL: 7,
  /** Marks of progress, modulo 2^32: turns, and within them events, calls and pieces of work. */
  PROGRESS: 8,
} as const;

/** Descriptors that a worker has besides those whose owner is noted. */
const OWN_FDS = [Word.EPOLL_FD, Word.WAKE_FD, Word.THREAD_FD] as const;

const HEAD_WORDS = 16;

/** Descriptors on their way to one worker: more than are accepted in one go. A power of two. */
const RING_WORDS = 1_024;

const WORKER_WORDS = HEAD_WORDS + RING_WORDS;

/** More threads than a machine has processors for. */
export const MAX_WORKERS = 255;

/** The owner of a descriptor that was taken from a thread which does not answer. */
const NOBODY = 0xffff;

/** Descriptors whose owner is known: Linux's own default for the most that a process may have. */
const MAX_DESCRIPTORS = 1 << 20;

/**
 * ```text
 * absent ── enter() ──▶ serving ── condemn() ──▶ condemned
 *   ▲───── retire() ───────┴────── leave() ──────────┘
 * ```
 */
const WorkerState = { ABSENT: 0, SERVING: 1, CONDEMNED: 2 } as const;

/** The memory behind a `SharedState`, as it is posted to workers. */
export interface SharedMemory {
  readonly words: SharedArrayBuffer;
  readonly owners: SharedArrayBuffer;
}

/**
 * What the threads of a server share: how many connections each worker has, descriptors on their way
 * from one to the other, and who owns which, so that those of a worker that dies can be closed. A
 * worker's number here is that of one thread: one that takes the place of another has a number of its
 * own as long as the other's thread may still come back.
 *
 * ```text
 * words   for each worker: state, counts, its epoll and eventfd, and a ring of descriptors
 * owners  for each descriptor: its worker's number from 1 on, 0, or `NOBODY`
 * ```
 */
export class SharedState {
  readonly memory: SharedMemory;
  readonly workers: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #owners: Uint16Array<SharedArrayBuffer>;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.words);
    this.#owners = new Uint16Array(memory.owners);
    this.workers = this.#words.length / WORKER_WORDS;
  }

  static create(workers: number): SharedState {
    return new SharedState({
      words: new SharedArrayBuffer(workers * WORKER_WORDS * 4),
      owners: new SharedArrayBuffer(MAX_DESCRIPTORS * 2),
    });
  }

  isServing(worker: number): boolean {
    return this.#load(worker, Word.STATE) === WorkerState.SERVING;
  }

  /** A worker's thread has begun; `threadFd` is -1 when it cannot be seen. */
  appear(worker: number, threadFd: number): void {
    this.#store(worker, Word.THREAD_FD, threadFd + 1);
  }

  /** A worker begins to serve. False when it was taken for dead meanwhile. */
  enter(worker: number, epollFd: number, wakeFd: number): boolean {
    this.#store(worker, Word.EPOLL_FD, epollFd + 1);
    this.#store(worker, Word.WAKE_FD, wakeFd + 1);
    const state = worker * WORKER_WORDS + Word.STATE;
    const { ABSENT, SERVING } = WorkerState;
    return Atomics.compareExchange(this.#words, state, ABSENT, SERVING) === ABSENT;
  }

  /** Marks progress of a worker. To be called by its own thread, which alone writes the mark: no lock is needed. */
  markProgress(worker: number): void {
    this.#words[worker * WORKER_WORDS + Word.PROGRESS]++;
  }

  /** Marks of progress of a worker, modulo 2^32. */
  progress(worker: number): number {
    return this.#load(worker, Word.PROGRESS);
  }

  /**
   * Takes from a worker that is taken for dead what it owns, so that it cannot close it any more should
   * its thread come back. Gives the descriptors, which stay open until `leave()`.
   */
  condemn(worker: number): number[] {
    this.#store(worker, Word.STATE, WorkerState.CONDEMNED);
    const taken: number[] = [];
    for (let fd = 0; fd < this.#owners.length; fd++) {
      if (this.#owners[fd] === worker + 1 && this.#pass(fd, worker + 1, NOBODY)) taken.push(fd);
    }
    return taken;
  }

  isCondemned(worker: number): boolean {
    return this.#load(worker, Word.STATE) === WorkerState.CONDEMNED;
  }

  /**
   * The thread of a worker is no more. Gives the descriptors that nobody else will close: those that
   * `condemn()` took, those that were its own since, and its epoll and eventfd. The number is free.
   */
  leave(worker: number, taken: readonly number[] = []): number[] {
    const orphans = OWN_FDS.map((word) => this.#load(worker, word) - 1).filter((fd) => fd >= 0);
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
    for (const fd of taken) if (this.#pass(fd, NOBODY, 0)) orphans.push(fd);
    for (let fd = 0; fd < this.#owners.length; fd++) {
      if (this.#owners[fd] === worker + 1 && this.disown(worker, fd)) orphans.push(fd);
    }
    this.#words.fill(0, worker * WORKER_WORDS, (worker + 1) * WORKER_WORDS);
    return orphans;
  }

  /** A worker ends in order: it closes what is its own itself. */
  retire(worker: number): void {
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
    for (const word of OWN_FDS) this.#store(worker, word, 0);
  }

  /** The eventfd that wakes a worker which serves. */
  wakeFd(worker: number): number {
    return this.#load(worker, Word.WAKE_FD) - 1;
  }

  /** The descriptor by which a worker's thread is seen; -1 when there is none. */
  threadFd(worker: number): number {
    return this.#load(worker, Word.THREAD_FD) - 1;
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
    return this.#pass(fd, worker + 1, 0);
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

  #pass(fd: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#owners, fd, from, to) === from;
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
