/** Refused attempts to authenticate, which slow down their peer. @module */

/** 10 refusals at once, and 1 a second: a person who tries, or a client that starts with a wrong file. */
const BURST = 10;
const PER_SECOND = 1;

/** 1 s: the time by which an answer is late over that rate. */
const REFUSAL_DELAY_MS = 1_000;

/** 1,000: answers that are late at once on a thread; another one is not. Each holds an open call. */
const MAX_DELAYED = 1_000;

/** 10,000: peers that are counted on a thread, some 100 bytes each. */
const MAX_PEERS = 10_000;

interface Count {
  credit: number;
  since: number;
}

/** Refused attempts by peer. */
export class RefusedAttempts {
  readonly #peers = new Map<string, Count>();
  readonly #now: () => number;
  #delayed = 0;

  /** @param now the clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Counts a refused attempt of a peer.
   *
   * @returns milliseconds by which its answer is to be late; 0 for none
   */
  add(peer: string): number {
    const now = this.#now();
    const { credit, since } = this.#peers.get(peer) ?? { credit: BURST, since: now };
    const filled = Math.min(BURST, credit + (now - since) / 1_000 * PER_SECOND);
    // The peer moves to the end: the first of the map was refused the longest time ago.
    this.#peers.delete(peer);
    this.#peers.set(peer, { credit: Math.max(0, filled - 1), since: now });
    if (this.#peers.size > MAX_PEERS) this.#peers.delete(this.#peers.keys().next().value!);
    return filled >= 1 || this.#delayed >= MAX_DELAYED ? 0 : REFUSAL_DELAY_MS;
  }

  /** Waits for a time, or until the call ends. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#delayed++;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const end = () => resolve();
    signal.addEventListener("abort", end, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      this.#delayed--;
    }
  }
}
