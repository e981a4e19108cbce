/** What the requests of a stream go to. */
export interface RequestSink {
  /** Takes a request; false asks to wait for `resume()` before the next. */
  take(request: unknown): boolean;
  /** There are no more. */
  finish(): void;
  /** The source has thrown. */
  fail(cause: unknown): void;
}

/**
 * Draws requests from their source as the sink takes them: a source that is at hand is drawn from
 * without a promise.
 */
export class RequestSource<I> {
  readonly #iterator: Iterator<I> | AsyncIterator<I>;
  readonly #sink: RequestSink;
  #state: "paused" | "drawing" | "over" = "paused";

  constructor(requests: Iterable<I> | AsyncIterable<I>, sink: RequestSink) {
    this.#iterator = Symbol.asyncIterator in requests
      ? requests[Symbol.asyncIterator]()
      : requests[Symbol.iterator]();
    this.#sink = sink;
  }

  /** Goes on until the sink has enough. */
  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "drawing";
    try {
      for (;;) {
        const next = this.#iterator.next();
        if ("then" in next) return this.#await(next);
        if (!this.#take(next)) return;
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Takes no more. The source is told, and not waited for: it may itself wait for input. */
  stop(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    try {
      Promise.resolve(this.#iterator.return?.()).catch(() => {});
    } catch {
      // A generator that ends its own call cannot be ended while it runs.
    }
  }

  #await(next: Promise<IteratorResult<I>>): void {
    next.then((result) => {
      if (!this.#take(result)) return;
      this.#state = "paused";
      this.resume();
    }, (cause) => this.#fail(cause));
  }

  /** Hands on one result. Whether to go on at once. */
  #take(result: IteratorResult<I>): boolean {
    if (this.#over()) return false;
    if (result.done) {
      this.#state = "over";
      this.#sink.finish();
      return false;
    }
    const more = this.#sink.take(result.value);
    if (this.#over()) return false;
    if (!more) this.#state = "paused";
    return more;
  }

  #fail(cause: unknown): void {
    if (this.#over()) return;
    this.#state = "over";
    this.#sink.fail(cause);
  }

  /** The sink may have stopped it in the meantime, which the compiler does not see. */
  #over(): boolean {
    return this.#state === "over";
  }
}
