/** The engine of a channel: pending calls, the transports that they take, and timers. @module */
import { RpcError } from "../../mod.ts";
import type { ChannelSettings } from "./_options.ts";
import { Timer, TimerQueue } from "./_timers.ts";
import type { ClientTransport } from "./_transport.ts";

/** A call that waits for a transport. */
export interface PendingCall {
  /** Keep waiting when connecting fails (gRPC's wait-for-ready). */
  readonly waitForReady: boolean;
  /** The number of the connection that it takes if that has room; -1 for the next one in turn. */
  readonly connection: number;
  /** Starts the call on a transport, which has room for a stream. */
  begin(transport: ClientTransport): void;
  /** Fails the call without a transport. `final` forbids a retry. */
  refuse(error: RpcError, final: boolean): void;
}

/** The source of transports: the `Balancer`, which depends on the core, so that the core does not depend on it. */
export interface TransportSource extends Disposable {
  /** Number of transports that are ready for calls. */
  readonly connected: number;
  /** The last error, while every subchannel has failed to connect. */
  readonly failure: Error | undefined;
  /** Returns a transport that has room for a stream: that of a number from 0, or else the next one in turn. */
  pick(connection: number): ClientTransport | undefined;
  /** Connects idle subchannels. */
  connect(): void;
}

/** Milliseconds between checks of HTTP/2's time limits. */
const TICK_MS = 1000;

/**
 * Milliseconds to the first check: within the warm-up of a load. V8 compiles code of the timers again after the first one
 * that is not a deadline of a call.
 */
const FIRST_TICK_MS = 200;

/**
 * Gives transports to calls, queues the calls that wait for one, sends the output of transports, and
 * runs the channel's timers. It runs on callbacks of the registrar alone.
 */
export class ChannelCore implements Disposable {
  readonly settings: ChannelSettings;
  readonly timers: TimerQueue;
  readonly #source: TransportSource;
  readonly #transports = new Set<ClientTransport>();
  /** Pending calls in order of arrival, each with the timer of `connectTimeout`, if any. */
  readonly #pending = new Map<PendingCall, Timer | undefined>();
  /** Calls that wait before their next attempt. */
  readonly #delayed = new Map<PendingCall, Timer>();
  /** Transports with output to send. */
  #unsent: ClientTransport[] = [];
  readonly #ticker = new Timer((now) => this.#tick(now));
  /**
   * Fails pending calls from the event loop. A call never fails within `start()`: a caller that then starts its next
   * call at once would loop forever, and leave no time for connecting.
   */
  readonly #refuser = new Timer(() => this.refusePending());
  /** True from the queueing of a microtask that flushes until it runs. */
  #flushQueued = false;
  readonly #flushSoon = () => {
    this.#flushQueued = false;
    this.flush();
  };
  #closed = false;

  constructor(settings: ChannelSettings, source: (core: ChannelCore) => TransportSource) {
    this.settings = settings;
    this.timers = new TimerQueue(settings.registrar);
    this.#source = source(this);
  }

  /** True once the channel is disposed of. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Number of transports that are ready for calls. */
  get connected(): number {
    return this.#source.connected;
  }

  /** True while calls wait for a transport. */
  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Starts a call on a transport, now or as soon as one has room. */
  start(call: PendingCall): void {
    if (this.#closed) return call.refuse(closedError(), true);
    if (this.#pending.size === 0) {
      const transport = this.#source.pick(call.connection);
      if (transport !== undefined) return call.begin(transport);
    }
    this.#enqueue(call);
    this.#source.connect();
    if (this.#source.failure !== undefined && this.#refuser.place < 0) {
      this.timers.set(this.#refuser, performance.now());
    }
  }

  /** Starts a call after a number of milliseconds. */
  startLater(call: PendingCall, delay: number): void {
    const timer = new Timer(() => {
      this.#delayed.delete(call);
      this.start(call);
    });
    this.#delayed.set(call, timer);
    this.timers.set(timer, performance.now() + delay);
  }

  /** Removes a call that waits. */
  forget(call: PendingCall): void {
    const delay = this.#delayed.get(call);
    if (delay !== undefined) this.timers.clear(delay);
    this.#delayed.delete(call);
    const timer = this.#pending.get(call);
    if (timer !== undefined) this.timers.clear(timer);
    this.#pending.delete(call);
  }

  /** Starts pending calls, after a transport became ready or a stream ended. */
  startPending(): void {
    if (this.#pending.size === 0 || this.#closed) return;
    for (const call of this.#pending.keys()) {
      const transport = this.#source.pick(call.connection);
      if (transport === undefined) return;
      this.forget(call);
      call.begin(transport);
    }
  }

  /** Fails the pending calls that do not wait for ready, while every subchannel fails to connect. */
  refusePending(): void {
    const { failure } = this.#source;
    if (failure === undefined || this.#pending.size === 0) return;
    const message = `No connection established. Last error: ${failure.message}`;
    for (const call of [...this.#pending.keys()]) {
      if (call.waitForReady) continue;
      this.forget(call);
      call.refuse(new RpcError("UNAVAILABLE", message, { cause: failure }), false);
    }
  }

  /** The resource that pending calls wait for: a stream, or a connection, with the last failure to connect. */
  get awaited(): string {
    return this.connected > 0
      ? "a stream: the server allows no more"
      : `a connection${reasonOf(this.#source.failure)}`;
  }

  /** Returns the error of a call that has waited for a connection for too long, with the last failure to connect. */
  noConnection(time: string): RpcError {
    const { servers } = this.settings;
    if (this.connected > 0) {
      return new RpcError("UNAVAILABLE", `The server ${servers} allowed no stream ${time}`);
    }
    const { failure } = this.#source;
    const message = `No connection to ${servers} ${time}${reasonOf(failure)}`;
    return new RpcError("UNAVAILABLE", message, failure === undefined ? {} : { cause: failure });
  }

  /** Schedules a flush of a transport, at the end of this turn of the event loop at the latest. */
  flushLater(transport: ClientTransport): void {
    this.#unsent.push(transport);
    // A thread that blocks flushes itself, and its microtasks run seldom: one waits, and not one for each turn.
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(this.#flushSoon);
  }

  /** Sends the output of all transports now, for a thread that does not return to its event loop. */
  flush(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const transport of unsent) transport.flush();
  }

  /** Registers a new transport for ticks, and to be closed with the channel. */
  add(transport: ClientTransport): void {
    this.#transports.add(transport);
    if (this.#ticker.place < 0) this.timers.set(this.#ticker, performance.now() + FIRST_TICK_MS);
  }

  /** Removes a transport that has closed. */
  remove(transport: ClientTransport): void {
    this.#transports.delete(transport);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of [...this.#pending.keys(), ...this.#delayed.keys()]) {
      this.forget(call);
      call.refuse(closedError(), true);
    }
    this.#source[Symbol.dispose]();
    for (const transport of [...this.#transports]) transport.close();
    this.timers[Symbol.dispose]();
  }

  #enqueue(call: PendingCall): void {
    const { connectTimeout } = this.settings;
    let timer: Timer | undefined;
    if (connectTimeout !== undefined && this.connected === 0) {
      timer = new Timer(() => {
        // While connected, a call waits for a free stream, which this timeout does not limit.
        if (this.connected > 0) return;
        this.forget(call);
        call.refuse(this.noConnection(`within ${connectTimeout} ms`), true);
      });
      this.timers.set(timer, performance.now() + connectTimeout);
    }
    this.#pending.set(call, timer);
  }

  #tick(now: number): void {
    for (const transport of [...this.#transports]) transport.tick(now);
    if (this.#transports.size > 0) this.timers.set(this.#ticker, now + TICK_MS);
  }
}

function reasonOf(failure: Error | undefined): string {
  return failure === undefined ? "" : `: ${failure.message}`;
}

/** Returns the error of calls on a channel that was disposed of. */
export function closedError(): RpcError {
  return new RpcError("CANCELLED", "The channel was closed");
}
