/** Indexes of the words before a worker's ring. */
const Word = {
  /** One of `WorkerState`. */
  STATE: 0,
  /** Number of connections that it serves, or that are on their way to it. */
  CONNECTIONS: 1,
  /** Number of messages that the main thread has posted to it. */
  MESSAGES: 2,
  /** Descriptors are stored plus one: 0 is none. */
  WAKE_FD: 3,
  EPOLL_FD: 4,
  /** The descriptor of `openThread()`. */
  THREAD_FD: 5,
  RING_HEAD: 6,
  RING_TAIL: 7,
  /** Marks of progress, modulo 2^32: turns, and within them events, calls and pieces of work. */
  PROGRESS: 8,
} as const;

/** Descriptors of a worker besides those in the table of owners. */
const OWN_FDS = [Word.EPOLL_FD, Word.WAKE_FD, Word.THREAD_FD] as const;

const HEAD_WORDS = 16;

/** Descriptors on their way to one worker: more than one event accepts. A power of two. */
const RING_WORDS = 1_024;

const WORKER_WORDS = HEAD_WORDS + RING_WORDS;

/** The most workers of a pool: far more than a machine has processors. */
export const MAX_WORKERS = 255;

/** The owner of a descriptor that was taken from a failed worker. */
const FENCED = 0xffff;

/** Descriptors that can have an owner: Linux's default limit for a process (fs.nr_open). */
const MAX_DESCRIPTORS = 1 << 20;

/**
 * ```text
 * absent ── start() ──▶ serving ── fence() ──▶ fenced
 *   ▲────── stop() ────────┴─────── reap() ───────┘
 * ```
 */
const WorkerState = { ABSENT: 0, SERVING: 1, FENCED: 2 } as const;

/**
 * Counts of peers, for each worker: the count of a peer is at a hash of its name. Two peers share a count, and so the limit of
 * connections, with a probability of 1 in 16,384.
 */
const PEER_SLOTS = 16_384;

/** The memory of a `SharedState`, as it is posted to workers. */
export interface SharedMemory {
  readonly words: SharedArrayBuffer;
  readonly owners: SharedArrayBuffer;
  readonly peers: SharedArrayBuffer;
  /** Random number of the hash, so that no peer can choose whose count it shares. */
  readonly peerSeed: number;
}

/**
 * State that the threads of a server share: the number of connections of each worker, descriptors on their way from
 * one worker to another, and the owner of each descriptor, so that those of a failed worker can be closed. A worker's
 * number here is that of one thread: a replacement has another number while the failed thread may still run.
 *
 * ```text
 * words   for each worker: state, counts, its epoll and eventfd, and a ring of descriptors
 * owners  for each descriptor: its worker's number plus one; 0 for none; or `FENCED`
 * peers   for each worker: the number of connections of each peer, by a hash of its name
 * ```
 */
export class SharedState {
  readonly memory: SharedMemory;
  readonly workers: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #owners: Uint16Array<SharedArrayBuffer>;
  readonly #peers: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.words);
    this.#owners = new Uint16Array(memory.owners);
    this.#peers = new Int32Array(memory.peers);
    this.workers = this.#words.length / WORKER_WORDS;
  }

  static create(workers: number): SharedState {
    return new SharedState({
      words: new SharedArrayBuffer(workers * WORKER_WORDS * 4),
      owners: new SharedArrayBuffer(MAX_DESCRIPTORS * 2),
      peers: new SharedArrayBuffer(workers * PEER_SLOTS * 4),
      peerSeed: crypto.getRandomValues(new Int32Array(1))[0],
    });
  }

  isServing(worker: number): boolean {
    return this.#load(worker, Word.STATE) === WorkerState.SERVING;
  }

  /** Registers the thread of a worker. `threadFd` is that of `openThread()`, -1 for none. */
  register(worker: number, threadFd: number): void {
    this.#store(worker, Word.THREAD_FD, threadFd + 1);
  }

  /** Marks a worker as serving. Returns false when it was fenced in between. */
  start(worker: number, epollFd: number, wakeFd: number): boolean {
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
   * Takes the descriptors of a failed worker away, so that its thread, if it still runs, cannot close them. Returns the
   * descriptors, which stay open until `reap()`.
   */
  fence(worker: number): number[] {
    this.#store(worker, Word.STATE, WorkerState.FENCED);
    this.#peers.fill(0, worker * PEER_SLOTS, (worker + 1) * PEER_SLOTS);
    const taken: number[] = [];
    for (let fd = 0; fd < this.#owners.length; fd++) {
      if (this.#owners[fd] === worker + 1 && this.#pass(fd, worker + 1, FENCED)) taken.push(fd);
    }
    return taken;
  }

  /** Returns true if a worker was fenced: its thread must not touch a descriptor any more. */
  isFenced(worker: number): boolean {
    return this.#load(worker, Word.STATE) === WorkerState.FENCED;
  }

  /**
   * Frees the number of a worker whose thread has ended. Returns the descriptors to close: `taken` by `fence()`, opened
   * since, and the worker's epoll and eventfd.
   */
  reap(worker: number, taken: readonly number[] = []): number[] {
    const orphans = OWN_FDS.map((word) => this.#load(worker, word) - 1).filter((fd) => fd >= 0);
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
    for (const fd of taken) if (this.#pass(fd, FENCED, 0)) orphans.push(fd);
    for (let fd = 0; fd < this.#owners.length; fd++) {
      if (this.#owners[fd] === worker + 1 && this.disown(worker, fd)) orphans.push(fd);
    }
    this.#words.fill(0, worker * WORKER_WORDS, (worker + 1) * WORKER_WORDS);
    this.#peers.fill(0, worker * PEER_SLOTS, (worker + 1) * PEER_SLOTS);
    return orphans;
  }

  /** Marks a worker as ended in order: it closes its descriptors itself. */
  stop(worker: number): void {
    this.#store(worker, Word.STATE, WorkerState.ABSENT);
    for (const word of OWN_FDS) this.#store(worker, word, 0);
  }

  /** The eventfd that wakes a serving worker. */
  wakeFd(worker: number): number {
    return this.#load(worker, Word.WAKE_FD) - 1;
  }

  /** The descriptor of a worker's `openThread()`; -1 for none. */
  threadFd(worker: number): number {
    return this.#load(worker, Word.THREAD_FD) - 1;
  }

  /** Number of connections that a worker serves, or that are on their way to it. */
  connections(worker: number): number {
    return this.#load(worker, Word.CONNECTIONS);
  }

  addConnections(worker: number, count: number): void {
    Atomics.add(this.#words, worker * WORKER_WORDS + Word.CONNECTIONS, count);
  }

  /** Number of connections of a peer that all workers serve. */
  connectionsOfPeer(identity: string): number {
    let sum = 0;
    for (let at = this.#peerSlot(identity); at < this.#peers.length; at += PEER_SLOTS) {
      sum += Atomics.load(this.#peers, at);
    }
    return sum;
  }

  addConnectionOfPeer(worker: number, identity: string, count: number): void {
    Atomics.add(this.#peers, worker * PEER_SLOTS + this.#peerSlot(identity), count);
  }

  /** The serving worker with the fewest connections; `self` when it has as few. */
  fewest(self: number): number {
    let best = self;
    for (let worker = 0; worker < this.workers; worker++) {
      const fewer = this.connections(worker) < this.connections(best);
      if (fewer && this.isServing(worker)) best = worker;
    }
    return best;
  }

  /** Counts a message that is about to be posted. */
  announceMessage(worker: number): void {
    Atomics.add(this.#words, worker * WORKER_WORDS + Word.MESSAGES, 1);
  }

  /** Number of messages that were posted to a worker since its start. */
  announcedMessages(worker: number): number {
    return this.#load(worker, Word.MESSAGES);
  }

  /** Returns true if a descriptor can have an owner. */
  canOwn(fd: number): boolean {
    return fd < this.#owners.length;
  }

  /** Makes a worker the owner of a descriptor that has none. */
  own(worker: number, fd: number): void {
    Atomics.store(this.#owners, fd, worker + 1);
  }

  /** Returns true if a worker is the owner of a descriptor. */
  owns(worker: number, fd: number): boolean {
    return Atomics.load(this.#owners, fd) === worker + 1;
  }

  /** Takes a descriptor from its owner. False when the worker is not the owner (any more). */
  disown(worker: number, fd: number): boolean {
    return this.#pass(fd, worker + 1, 0);
  }

  /** Puts a descriptor into a worker's ring, from any thread. Returns false when the ring is full. */
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

  /** Takes the next descriptor out of a worker's own ring; undefined when it is empty. */
  shift(worker: number): number | undefined {
    const base = worker * WORKER_WORDS;
    const head = this.#load(worker, Word.RING_HEAD);
    // A slot that is taken but not written yet is empty: its writer wakes this worker afterwards.
    const value = Atomics.exchange(this.#words, base + slotOf(head), 0);
    if (value === 0) return undefined;
    this.#store(worker, Word.RING_HEAD, (head + 1) | 0);
    return value - 1;
  }

  /** FNV-1a of the name, from a random start. */
  #peerSlot(identity: string): number {
    let hash = this.memory.peerSeed;
    for (let i = 0; i < identity.length; i++) {
      hash = Math.imul(hash ^ identity.charCodeAt(i), 0x0100_0193);
    }
    return (hash ^ hash >>> 16) & (PEER_SLOTS - 1);
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
