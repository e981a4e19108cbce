/** The native server on one thread. @module */
import { libc } from "../../../ffi/mod.ts";
import { configure, type Http2Config } from "../../../http2/mod.ts";
import { type Listener, Poller, type Socket } from "../../../net/mod.ts";
import { type ErrorReports, errorReports, type LogEvent } from "../../../telemetry/mod.ts";
import type { CallObserver, MethodMeter, ServerMeter, ThreadReport } from "../../mod.ts";
import { type CostClass, CostClasses, type Lane, WorkQueue } from "../../scheduling/mod.ts";
import { Accounts } from "./_accounts.ts";
import { ConnectionSet } from "./_connection_set.ts";
import { type ConnectionCounts, OwnConnectionCounts } from "./connection_counts.ts";
import { Deadlines } from "./_deadlines.ts";
import type { EngineOptions } from "./_engine_options.ts";
import { methodsOf, type MethodTable } from "./_methods.ts";
import { type AcceptingThread, NewConnections } from "./_new_connections.ts";
import type { ServedConnection } from "./_served_connection.ts";
import type { TimedCall } from "./_thread.ts";
import { DEFAULT_NATIVE_LIMITS, type NativeLimits } from "./limits.ts";

/** The most bytes read for one event: four frames of the largest size. */
const READ_BUFFER_SIZE = 131_072;

/** Interval between checks of the connections' timeouts. */
const TICK_MS = 1_000;

/** Mean duration up to which a call is always answered as it is read: queuing takes as long. Echo takes a tenth. */
const FREE_CALL_MS = 0.02;

/** Free calls without a measurement between two measured ones. Reading the clock takes a twentieth of their time. */
const UNMEASURED_CALLS = 15;

/** The time for which other calls run before events are handled: seven P-256 signatures, or one with RSA. */
const CALLS_SLICE_MS = 0.2;

/**
 * The longest expected turn of a connection, whose responses are sent together at its end: a send(2) that wakes the
 * client takes 15 µs, a twentieth of an RSA-2048 signature. Four RSA-3072 signatures, as the last one may exceed it.
 */
const MAX_CONNECTION_TURN_MS = 3.5;

/**
 * The longest turn of a connection as a part of the time of all queued work, where that is more than `CALLS_SLICE_MS`: a
 * response waits for the end of its turn for at most a fifth of the time for which its request has waited.
 */
const CONNECTION_TURN_SHARE = 1 / 5;

/**
 * The longest time for which the responses of a turn wait for those of the next ones, as a part of the time for which their
 * requests have waited, and in milliseconds: one wakeup of a client is then enough for several turns.
 */
const HOLD_SHARE = 1 / 3;
const MAX_HOLD_MS = 3.5;

/** The longest time for which only events are handled, or only queued work is done. */
const STRETCH_MS = 3;

/** The longest time for which connections with queued work are read: their calls would only wait behind it. */
const DEFERRED_STRETCH_MS = 1;

/** The longest turn before the thread's event loop continues. */
const TURN_SLICE_MS = 10;

/** The time for which streams process waiting requests and responses before events are handled. */
const STREAM_SLICE_MS = 2;

/**
 * The server on one thread: an epoll, connections, and their calls. It runs in turns. Each turn handles the events of
 * connections, in which cheap calls are answered as they are read; sends the output, with one send(2) for each
 * connection; and then gives turns to the connections with queued work, with a look at new events every
 * `CALLS_SLICE_MS`. Connections without queued work are read first, and their responses are sent before the others
 * are read. Those of queued work are sent together after the turns of some connections.
 */
export class Engine implements AcceptingThread, Disposable {
  readonly poller = new Poller();
  readonly limits: NativeLimits;
  /** The configuration of new connections. */
  http2: Http2Config;
  readonly methods: MethodTable;
  readonly unknownMethod: MethodMeter | undefined;
  readonly observer: CallObserver | undefined;
  readonly meter: ServerMeter | undefined;
  readonly deadlines = new Deadlines();
  readonly work: WorkQueue;
  readonly costClasses = new CostClasses();
  /** Read buffer. Its content is valid during `Http2Connection.receive()`. */
  readonly buffer = new Uint8Array(READ_BUFFER_SIZE);
  readonly clock: () => number;
  now: number;
  readonly accounts: Accounts;
  readonly #options: EngineOptions;
  readonly #reports: ErrorReports;
  readonly #counts: ConnectionCounts;
  readonly #connections: ConnectionSet;
  readonly #newConnections: NewConnections;
  #dirty: ServedConnection[] = [];
  /** Connections that had turns, whose responses are sent together; others are flushed. */
  readonly #held: ServedConnection[] = [];
  #fresh: TimedCall[] = [];
  #tickAt = Infinity;
  #asyncCalls = 0;
  #turnBegan = 0;
  /** Time after which calls that are not free wait; `Infinity` until an event has arrived. */
  #sliceEnd = Infinity;
  /** Time after which the remaining events wait for the next turn. */
  #eventsEnd = Infinity;
  /** Time after which events are handled before the next piece of work. */
  #nextLook = 0;
  /** The clock at the last mark of progress. */
  #lapAt = 0;
  /** Free calls since the last mark of progress. */
  #unmeasured = 0;
  /** Streams that wait for the next turn. */
  #waiting: (() => void)[] = [];
  #inTurn = false;
  #flushScheduled = false;
  #emptied: (() => void) | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.clock = options.clock ?? libc.now;
    this.now = this.clock();
    this.#reports = errorReports(options.log);
    this.limits = { ...DEFAULT_NATIVE_LIMITS, ...options.limits };
    this.#counts = options.counts ?? new OwnConnectionCounts();
    this.http2 = configureHttp2(this.limits);
    this.methods = methodsOf(options.services, this.costClasses, options.meter);
    this.unknownMethod = options.meter?.method(undefined);
    this.observer = options.observer;
    this.meter = options.meter;
    this.work = new WorkQueue(this.limits, this.clock, options.threadCpuMs ?? libc.threadCpuMs);
    this.accounts = new Accounts(this.limits);
    this.#connections = new ConnectionSet(options.meter);
    this.#newConnections = new NewConnections(this, options, this.#counts, this.#connections);
    // By the last look at the clock: the next event looks again.
    this.poller.pause = () => this.#lapAt >= this.#eventsEnd;
  }

  /**
   * Replaces limits. The number of streams, and the time limit of HTTP/2's preface, hold for new connections; all others
   * hold at once, and calls and connections that exceed them already are served to their end.
   */
  setLimits(limits: Partial<NativeLimits>): void {
    Object.assign(this.limits, limits);
    this.accounts.setLimits(this.limits);
    this.http2 = configureHttp2(this.limits);
  }

  /** Number of pending promises of handlers. */
  get asyncCalls(): number {
    return this.#asyncCalls;
  }

  /** Milliseconds until the next deadline or check: 0 for at once, -1 for never. */
  get timeout(): number {
    if (this.work.size > 0 || this.#waiting.length > 0 || this.poller.hasPending) return 0;
    const next = Math.min(this.deadlines.next, this.#tickAt, this.#newConnections.due);
    if (next === Infinity) return -1;
    return Math.max(0, Math.ceil(next - this.clock()));
  }

  /** Accepts the connections of a listener. The caller closes the listener. */
  accept(listener: Listener, exclusive: boolean): void {
    this.#newConnections.accept(listener, exclusive);
  }

  stopAccepting(): void {
    this.#newConnections.stopAccepting();
  }

  /** Serves a connection, over TLS after its handshake. */
  add(socket: Socket): void {
    this.#newConnections.add(socket);
  }

  serve(connection: ServedConnection): void {
    this.#connections.add(connection);
    if (this.#tickAt === Infinity) this.#tickAt = this.now + TICK_MS;
  }

  /** Waits for events, up to `timeout` milliseconds (-1 for no limit), and handles them. */
  turn(timeout: number): void {
    this.#inTurn = true;
    try {
      this.#look(timeout);
      this.#turnBegan = this.now;
      this.#nextLook = this.now + CALLS_SLICE_MS;
      const waiting = this.#waiting;
      if (waiting.length > 0) {
        this.#waiting = [];
        for (const resume of waiting) resume();
      }
      const until = this.now + TURN_SLICE_MS;
      while (this.now < until && this.work.size > 0) this.#work(until);
    } finally {
      this.#inTurn = false;
    }
  }

  lookAtClock(): void {
    this.lap();
    this.now = this.#lapAt;
    if (this.#sliceEnd !== Infinity) return;
    this.#sliceEnd = this.now + CALLS_SLICE_MS;
    this.#eventsEnd = this.now + STRETCH_MS;
  }

  lap(): number {
    const now = this.clock();
    const ms = now - this.#lapAt;
    this.#lapAt = now;
    this.#options.onProgress?.();
    return ms;
  }

  measures(costClass: CostClass): boolean {
    if (isFree(costClass) && this.#unmeasured < UNMEASURED_CALLS) {
      this.#unmeasured++;
      return false;
    }
    if (this.#unmeasured > 0) {
      this.#unmeasured = 0;
      this.lap();
    }
    return true;
  }

  mayRunNow(lane: Lane, costClass: CostClass): boolean {
    if (isFree(costClass)) return true;
    const { meanMs } = costClass;
    if (meanMs === undefined || meanMs > this.limits.cheapCallMs) return false;
    return this.#lapAt < this.#sliceEnd && !lane.hasCheap;
  }

  watchDeadline(call: TimedCall): void {
    this.#fresh.push(call);
  }

  get turnIsLong(): boolean {
    return this.clock() - this.#turnBegan > STREAM_SLICE_MS;
  }

  nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.wake();
    });
  }

  wake(): void {
    this.#options.onDue?.();
  }

  beginAsync(): void {
    this.#asyncCalls++;
  }

  endAsync(): void {
    if (--this.#asyncCalls === 0) this.#options.onSettled?.();
  }

  flushLater(connection: ServedConnection): void {
    connection.dirty = true;
    this.#dirty.push(connection);
    if (this.#inTurn || this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#settle();
    });
  }

  maySend(): boolean {
    const { beforeSend } = this.#options;
    if (beforeSend === undefined || beforeSend()) return true;
    // All connections to which something was written since the last time.
    for (const connection of [...this.#dirty, ...this.#held]) connection.abandon();
    return false;
  }

  forget(connection: ServedConnection): void {
    this.poller.remove(connection.fd);
    this.#options.holds?.(connection.fd, false);
    this.#counts.remove(connection.identity);
    this.#connections.remove(connection);
    if (this.#connections.size > 0) return;
    this.#tickAt = Infinity;
    this.meter?.lag(undefined);
    this.#emptied?.();
  }

  report(event: LogEvent, properties: Record<string, unknown>): void {
    this.#reports(event, properties);
  }

  note(event: LogEvent, properties: Record<string, unknown>): void {
    this.#options.log.debug(event, properties);
  }

  /** Describes the thread, and its oldest connections. */
  inspect(): ThreadReport {
    const { heapUsed, heapTotal, external } = Deno.memoryUsage();
    const { heldBytes, unreadBytes } = this.accounts.thread;
    return {
      memory: { heapUsed, heapTotal, external },
      queue: { length: this.work.size, expectedMs: Math.round(this.work.expectedMs) },
      pendingHandlers: this.#asyncCalls,
      heldBytes,
      unreadBytes,
      ...this.#connections.report(),
    };
  }

  /** Begins the counts of `drainCounts`. */
  announceDrain(): void {
    this.#connections.announceDrain();
  }

  /** The calls since `announceDrain()`: how many ended by themselves, and how many were cut off. */
  get drainCounts(): { readonly served: number; readonly cut: number } {
    return this.#connections.drainCounts;
  }

  /** Drains every connection, and calls `done` when all are closed. */
  drain(done: () => void): void {
    this.announceDrain();
    this.#newConnections[Symbol.dispose]();
    this.#emptied = done;
    if (this.#connections.size === 0) return done();
    this.#connections.drain();
  }

  /** Closes all connections at once. The engine cannot be used any more. */
  [Symbol.dispose](): void {
    this.announceDrain();
    this.#newConnections[Symbol.dispose]();
    this.#connections.cut();
    this.poller.close();
  }

  /** Handles events, and sends output. */
  #look(timeout: number): void {
    this.#sliceEnd = this.#eventsEnd = Infinity;
    this.poller.wait(timeout);
    this.#settle();
    this.#eventsEnd = this.now + DEFERRED_STRETCH_MS;
    if (this.poller.handleDeferred() > 0) this.#settle();
  }

  /**
   * Gives connections their turns: runs calls of them, with looks at events meanwhile, and sends the responses of several
   * turns together.
   *
   * @param until the end of the thread's turn, for which no response waits
   */
  #work(until: number): void {
    try {
      let { now } = this;
      for (let ms = 0, sendAt = until;;) {
        // Before the choice of the connection: one that has used less time may have its first call.
        this.#lookIfDue(now);
        // All as long as the first: a turn that is shorter by little leaves a call for another round.
        ms ||= this.#turnMs();
        const turn = this.work.runNext(ms, this.#lookIfDue);
        if (turn === undefined) break;
        now = this.clock();
        sendAt = Math.min(sendAt, now + Math.min(turn.waitedMs * HOLD_SHARE, MAX_HOLD_MS));
        if (now + turn.expectedMs > sendAt) break;
      }
    } finally {
      move(this.#held, this.#dirty);
    }
    this.#settle();
  }

  /** The expected duration of a connection's turn. */
  #turnMs(): number {
    const share = this.work.expectedMs * CONNECTION_TURN_SHARE;
    return Math.min(Math.max(share, CALLS_SLICE_MS), MAX_CONNECTION_TURN_MS);
  }

  /** Handles events once queued work has had its time. Output of the connections that had turns waits for more of it. */
  readonly #lookIfDue = (now: number): void => {
    if (now < this.#nextLook) return;
    move(this.#dirty, this.#held);
    this.#look(0);
    // Queued work has as much time as events, so that a flood of cheap calls cannot starve it.
    const looked = this.now - now;
    this.#nextLook = this.now + Math.min(Math.max(looked, CALLS_SLICE_MS), STRETCH_MS);
  };

  /** Expires deadlines, checks the timeouts of connections, and sends output. */
  #settle(): void {
    this.lookAtClock();
    for (let i = 0; i < this.#fresh.length; i++) {
      if (!this.#fresh[i].over) this.deadlines.add(this.#fresh[i]);
    }
    if (this.#fresh.length > 0) this.#fresh = [];
    if (this.deadlines.next <= this.now) this.deadlines.expire(this.now);
    this.#newConnections.expire(this.now);
    if (this.#tickAt <= this.now) {
      this.meter?.lag(this.now - this.#tickAt);
      this.#tickAt = this.now + TICK_MS;
      for (const connection of this.#connections) connection.tick(this.now);
      this.accounts.sweep();
      this.#connections.countStreams();
    }
    this.accounts.relieve("heldBytes");
    this.#flush();
  }

  /** Sends the output of all connections. */
  #flush(): void {
    // A flush may write more output, and so extend the list.
    for (let i = 0; i < this.#dirty.length; i++) {
      this.#dirty[i].flush();
    }
    if (this.#dirty.length > 0) this.#dirty = [];
  }
}

/** Moves all items of a list to the end of another. */
function move<T>(from: T[], to: T[]): void {
  for (let i = 0; i < from.length; i++) to.push(from[i]);
  if (from.length > 0) from.length = 0;
}

/** Returns true for a call that is always answered as it is read. */
function isFree({ meanMs, isUneven }: CostClass): boolean {
  return meanMs !== undefined && meanMs <= FREE_CALL_MS && !isUneven;
}

function configureHttp2({ maxConcurrentStreams, handshakeTimeoutMs }: NativeLimits): Http2Config {
  return configure({ limits: { maxConcurrentStreams, handshakeTimeout: handshakeTimeoutMs } });
}
