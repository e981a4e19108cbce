/** What makes requests: a client, or something that stands for one. */
export interface Driver extends AsyncDisposable {
  /** Whether the thread may block in `wait()`, or must return to its event loop. */
  readonly blocking: boolean;
  /**
   * Gets ready, by a time in milliseconds since 1970.
   *
   * @throws {RpcError} UNAVAILABLE when it cannot
   */
  connect(deadline: number): Promise<void>;
  /** Makes the next request, whose end is told to the listener with the slot. */
  send(slot: number): void;
  /** All requests of this turn were made. */
  flush(): void;
  /** Waits up to so many milliseconds for something to happen; for a driver that blocks. */
  wait(milliseconds: number): void;
  /** Whether it needs turns of the event loop, to connect again. */
  needsEventLoop(): boolean;
}

/** What is told of the end of a request. */
export interface DriverListener {
  /** @param outcome a status code, or one of those of the collector */
  onEnd(slot: number, outcome: number, message: string): void;
}
