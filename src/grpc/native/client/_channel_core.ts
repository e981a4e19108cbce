import type { Http2Config } from "../../../http2/mod.ts";
import type { Registrar, TlsContext } from "../../../net/mod.ts";
import { RpcError } from "../../mod.ts";
import type { ClientTransport } from "./_transport.ts";
import { Timer, TimerQueue } from "./_timers.ts";

/** A call that needs a transport. */
export interface Waiter {
  /** Whether it waits through failures to connect. */
  readonly waitForReady: boolean;
  /** Opens a stream on the transport, which has room for one. */
  begin(transport: ClientTransport): void;
  /** There is no transport. `final` tells that none is to be waited for any more. */
  refuse(error: RpcError, final: boolean): void;
}

/** Where transports come from. */
export interface TransportSource extends Disposable {
  /** How many transports there are. */
  readonly connected: number;
  /** Why there is no transport and none on its way, if so. */
  readonly failure: Error | undefined;
  /** A transport with room for a call. */
  pick(): ClientTransport | undefined;
  /** Sees to it that there will be one. */
  connect(): void;
}

/** What a channel and its parts share. Sizes are in bytes, of one message. */
export interface CoreOptions {
  readonly registrar: Registrar;
  readonly http2: Http2Config;
  /** Milliseconds that a call may wait for a connection. */
  readonly connectTimeout: number | undefined;
  /** TLS, with the name that servers' certificates must have. */
  readonly tls: { readonly context: TlsContext; readonly serverName: string } | undefined;
  /** The servers' names, for messages. */
  readonly servers: string;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
}

/** Between looks at what HTTP/2 limits in time. */
const TICK_MS = 1000;

/**
 * The engine of a channel: finds transports for calls, keeps those that wait, sends what transports
 * have to send, and has the time. It is driven by its registrar alone.
 */
export class ChannelCore implements Disposable {
  readonly options: CoreOptions;
  readonly timers: TimerQueue;
  readonly #source: TransportSource;
  readonly #transports = new Set<ClientTransport>();
  /** In the order in which they came; each with the timer that ends its waiting, if any. */
  readonly #waiting = new Map<Waiter, Timer | undefined>();
  /** Calls that are to be made again, after a pause. */
  readonly #delayed = new Map<Waiter, Timer>();
  #unsent: ClientTransport[] = [];
  readonly #ticker = new Timer((now) => this.#tick(now));
  /**
   * Calls are never refused while they are being made: who makes the next one at once would do so
   * without end, and the time in which a connection could be made would not come.
   */
  readonly #refuser = new Timer(() => this.#refuseWaiting());
  readonly #flushSoon = () => this.flush();
  #closed = false;

  constructor(options: CoreOptions, source: (core: ChannelCore) => TransportSource) {
    this.options = options;
    this.timers = new TimerQueue(options.registrar);
    this.#source = source(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many transports are there for calls. */
  get connected(): number {
    return this.#source.connected;
  }

  /** Whether calls wait for a transport. */
  get wanted(): boolean {
    return this.#waiting.size > 0;
  }

  /** Finds a transport for a call, now or as soon as there is one. */
  start(waiter: Waiter): void {
    if (this.#closed) return waiter.refuse(closedError(), true);
    if (this.#waiting.size === 0) {
      const transport = this.#source.pick();
      if (transport !== undefined) return waiter.begin(transport);
    }
    this.#wait(waiter);
    this.#source.connect();
    if (this.#source.failure !== undefined && this.#refuser.place < 0) {
      this.timers.set(this.#refuser, performance.now());
    }
  }

  /** As `start()`, after so many milliseconds. */
  startLater(waiter: Waiter, wait: number): void {
    const timer = new Timer(() => {
      this.#delayed.delete(waiter);
      this.start(waiter);
    });
    this.#delayed.set(waiter, timer);
    this.timers.set(timer, performance.now() + wait);
  }

  /** The call waits no longer. */
  forget(waiter: Waiter): void {
    const delay = this.#delayed.get(waiter);
    if (delay !== undefined) this.timers.clear(delay);
    this.#delayed.delete(waiter);
    const timer = this.#waiting.get(waiter);
    if (timer !== undefined) this.timers.clear(timer);
    this.#waiting.delete(waiter);
  }

  /** A transport has room, or there is one more. */
  onRoom(): void {
    if (this.#waiting.size === 0 || this.#closed) return;
    for (const waiter of this.#waiting.keys()) {
      const transport = this.#source.pick();
      if (transport === undefined) return;
      this.forget(waiter);
      waiter.begin(transport);
    }
  }

  /** No connection can be had for now: those who do not wait for one are told. */
  onFailing(): void {
    this.#refuseWaiting();
  }

  /** A transport has something to send, which is sent at the end of this turn at the latest. */
  onOutput(transport: ClientTransport): void {
    this.#unsent.push(transport);
    if (this.#unsent.length === 1) queueMicrotask(this.#flushSoon);
  }

  /** Sends what waits. For a thread that does not return to its event loop. */
  flush(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const transport of unsent) transport.flush();
  }

  opened(transport: ClientTransport): void {
    this.#transports.add(transport);
    if (this.#ticker.place < 0) this.timers.set(this.#ticker, performance.now() + TICK_MS);
  }

  gone(transport: ClientTransport): void {
    this.#transports.delete(transport);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of [...this.#waiting.keys(), ...this.#delayed.keys()]) {
      this.forget(waiter);
      waiter.refuse(closedError(), true);
    }
    this.#source[Symbol.dispose]();
    for (const transport of [...this.#transports]) transport.close();
    this.timers[Symbol.dispose]();
  }

  #wait(waiter: Waiter): void {
    const { connectTimeout, servers } = this.options;
    let timer: Timer | undefined;
    if (connectTimeout !== undefined && this.connected === 0) {
      timer = new Timer(() => {
        // Connected, it waits for room: that is not the time of this limit.
        if (this.connected > 0) return;
        this.forget(waiter);
        const message = `No connection to ${servers} within ${connectTimeout} ms`;
        waiter.refuse(new RpcError("UNAVAILABLE", message), true);
      });
      this.timers.set(timer, performance.now() + connectTimeout);
    }
    this.#waiting.set(waiter, timer);
  }

  #refuseWaiting(): void {
    const { failure } = this.#source;
    if (failure === undefined || this.#waiting.size === 0) return;
    const message = `No connection established. Last error: ${failure.message}`;
    for (const waiter of [...this.#waiting.keys()]) {
      if (waiter.waitForReady) continue;
      this.forget(waiter);
      waiter.refuse(new RpcError("UNAVAILABLE", message, { cause: failure }), false);
    }
  }

  #tick(now: number): void {
    for (const transport of [...this.#transports]) transport.tick(now);
    if (this.#transports.size > 0) this.timers.set(this.#ticker, now + TICK_MS);
  }
}

/** The error of what is asked of a channel that was disposed of. */
export function closedError(): RpcError {
  return new RpcError("CANCELLED", "The channel was closed");
}
