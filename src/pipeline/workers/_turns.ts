/** The turns of executions on their thread. @module */
import { setImmediate } from "node:timers";

/** The longest wait for a message that was posted, in milliseconds. */
const MESSAGE_MS = 1;

/**
 * Runs the slices of executions one after the other, and receives messages between them.
 *
 * While Deno's event loop has immediates to run, it looks at messages of other threads only now and then: among 8
 * executions, cancellations were received after up to 0.5 s (Deno 2.9.6, tokio's `global_queue_interval`). So the sender
 * counts the messages, in shared memory, and the next slice waits for those that are on their way.
 */
export class Turns {
  readonly #messageMs: number;
  readonly #waiting: (() => void)[] = [];
  /** The messages that the sender has posted. */
  #posted: Int32Array = new Int32Array(1);
  #received = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isScheduled = false;

  /** @param messageMs the longest wait for a message, for tests */
  constructor(messageMs = MESSAGE_MS) {
    this.#messageMs = messageMs;
  }

  /** Begins to count messages. */
  count(posted: SharedArrayBuffer): void {
    this.#posted = new Int32Array(posted);
    this.#received = 0;
  }

  /** Reports that a message was received. */
  received(): void {
    this.#received = (this.#received + 1) | 0;
    if (this.#timer === undefined || this.#isMessageDue) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    setImmediate(this.#next);
  }

  /** Runs a slice in its turn, and returns its result. */
  run<T>(slice: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(() => {
      try {
        resolve(slice());
      } catch (error) {
        reject(error);
      }
    });
    if (!this.#isScheduled) this.#schedule();
    return promise;
  }

  get #isMessageDue(): boolean {
    return ((Atomics.load(this.#posted, 0) - this.#received) | 0) > 0;
  }

  #schedule(): void {
    this.#isScheduled = true;
    if (this.#isMessageDue) this.#timer = setTimeout(this.#next, this.#messageMs);
    else setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#timer = undefined;
    this.#isScheduled = false;
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#schedule();
  };
}
