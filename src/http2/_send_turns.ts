/** The turns of streams with queued frames. @module */
import { SendQueue } from "./_send_queue.ts";
import type { Stream } from "./_stream.ts";

const NO_STREAMS: ReadonlySet<never> = new Set();

/** The queues of a connection's streams: the turns in which they are sent, and their sizes. */
export class SendTurns<User> {
  /** Bytes of DATA in all queues. */
  queuedBytes = 0;
  /** Bytes of memory of all queues. */
  cost = 0;
  /** Streams whose next frame needs no window: headers, trailers, an empty frame with END_STREAM. */
  #windowless: Set<Stream<User>> | undefined = undefined;
  /** Streams whose next frame is DATA and whose own window is open. */
  #ready: Set<Stream<User>> | undefined = undefined;

  /** Streams whose next frame needs no window, in turn. */
  get windowless(): ReadonlySet<Stream<User>> {
    return this.#windowless ?? NO_STREAMS;
  }

  /** Streams whose next frame is DATA and whose own window is open, in turn. */
  get ready(): ReadonlySet<Stream<User>> {
    return this.#ready ?? NO_STREAMS;
  }

  /** Changes the queue of a stream, which is made where there is none. */
  change(stream: Stream<User>, change: (queue: SendQueue) => void): void {
    const before = stream.queue === null ? 0 : stream.queue.cost;
    const queue = stream.queue ??= new SendQueue();
    const { length } = queue;
    change(queue);
    this.cost += queue.cost - before;
    this.queuedBytes += queue.length - length;
    this.schedule(stream);
  }

  /** Puts a stream behind the others that wait for their turn, if its next frame could be sent. */
  schedule(stream: Stream<User>): void {
    if (stream.queue === null) return;
    if (!stream.queue.needsWindow) (this.#windowless ??= new Set()).add(stream);
    else if (stream.sendWindow > 0) (this.#ready ??= new Set()).add(stream);
    else this.#ready?.delete(stream);
  }

  /** Takes a stream out of its turn. */
  remove(stream: Stream<User>): void {
    this.#windowless?.delete(stream);
    this.#ready?.delete(stream);
  }

  /** Drops the queue of a stream. */
  drop(stream: Stream<User>): void {
    const { queue } = stream;
    if (queue === null) return;
    this.queuedBytes -= queue.length;
    this.cost -= queue.cost;
    stream.queue = null;
    this.remove(stream);
  }
}
