/** One connection of the native server. @module */
import { libc } from "../../../ffi/mod.ts";
import {
  createServerConnection,
  ErrorCode,
  type Http2Config,
  type Http2Connection,
  type Http2Error,
} from "../../../http2/mod.ts";
import {
  formatPeer,
  identityOf,
  type PollHandler,
  type Registrar,
  type Stream,
} from "../../../net/mod.ts";
import type { LogEvent } from "../../../telemetry/mod.ts";
import { callerOf } from "../../callers/mod.ts";
import type { Caller, CallReport, ConnectionReport } from "../../mod.ts";
import type { Lane } from "../../scheduling/mod.ts";
import type { Account, AccountOwner, Resource } from "./_accounts.ts";
import type { Call } from "./_call.ts";
import { ConnectionPolicy } from "./_connection_policy.ts";
import { failLargestCalls } from "./_held_bytes.ts";
import type { MethodTable } from "./_methods.ts";
import { type ConnectionOwner, Protocol } from "./_protocol.ts";
import { LEAST_READ_BYTES, ReadSize } from "./_read_size.ts";
import { notRead, RoomQueue, type RoomWaiter } from "./_room_queue.ts";
import { SocketWriter } from "./_socket_writer.ts";
import type { Thread } from "./_thread.ts";

/** 1 s, three round trips of 330 ms: the wait of an ended connection for its peer to read the rest and to close. */
const LINGER_MS = 1_000;

/** The part of a thread that its connections use. */
export interface ServingThread extends Thread {
  readonly http2: Http2Config;
  readonly methods: MethodTable;
  readonly poller: Registrar;
  /** The read buffer. Its bytes are valid during the call that receives them. */
  readonly buffer: Uint8Array;
  lookAtClock(): void;
  /** Schedules a flush of a connection at the end of the turn. */
  flushLater(connection: ServedConnection): void;
  /** Called before output is sent. False when it must not be sent. */
  maySend(): boolean;
  /** Removes a connection, which is about to be closed. */
  forget(connection: ServedConnection): void;
  /** Logs an error of the server. */
  report(event: LogEvent, properties: Record<string, unknown>): void;
  /** Logs a detail at the level debug. */
  note(event: LogEvent, properties: Record<string, unknown>): void;
}

/**
 * A connection of a server: its socket, and HTTP/2 on it.
 *
 * ```text
 * open ── HTTP/2 ends ──▶ ending ── all is sent ──▶ lingering ── peer closes, or time is up ──▶ closed
 *   └────────────────────────── peer closes, or an error of the socket ──────────────────────────▲
 * ```
 *
 * It lingers because closing a socket with unread input resets the connection, and the peer may then not read the
 * GOAWAY that gives the reason (RFC 9112 section 9.6 describes this for HTTP/1.1).
 */
type Phase =
  | { readonly kind: "open" }
  | { readonly kind: "ending"; readonly until: number }
  | { readonly kind: "lingering"; readonly until: number }
  | { readonly kind: "closed" };

const OPEN: Phase = { kind: "open" };
const CLOSED: Phase = { kind: "closed" };

export class ServedConnection implements ConnectionOwner, AccountOwner, PollHandler {
  readonly http2: Http2Connection<Call>;
  /** The resources that the connection occupies. */
  readonly account: Account;
  readonly lane: Lane;
  readonly caller: Caller;
  /** True while a flush is scheduled for the end of the turn. */
  dirty = false;
  /** `identityOf()` the peer. */
  readonly identity: string | undefined;
  readonly #openedAt: number;
  #phase: Phase = OPEN;
  /** Streams that were refused, at the last count. */
  #streamsRefused = 0;
  readonly #readSize = new ReadSize();
  /** Bytes of DATA that waited for the peer's windows at the last check. */
  #queuedBytes = 0;
  /** Bytes that waited to be sent, as the thread counts them. */
  #unsentBytes = 0;
  /** Calls that wait until the connection is no longer full. */
  readonly #waiting = new RoomQueue();
  readonly #thread: ServingThread;
  readonly #socket: Stream;
  readonly #writer: SocketWriter;
  readonly #policy: ConnectionPolicy;

  constructor(thread: ServingThread, socket: Stream) {
    this.#thread = thread;
    this.#socket = socket;
    this.caller = callerOf(socket);
    const identity = this.identity = identityOf(socket.peer);
    this.account = thread.accounts.open(identity, this);
    this.lane = thread.work.openLane(identity);
    const protocol = new Protocol(thread.methods, thread, this);
    this.http2 = createServerConnection(thread.http2, protocol, this.#now);
    this.#writer = new SocketWriter(thread, socket, this.http2);
    this.#openedAt = this.#now;
    this.#policy = new ConnectionPolicy(thread.limits, this.http2, this.#openedAt);
  }

  get peer(): string {
    return formatPeer(this.#socket.peer);
  }

  get transport(): string {
    return this.#socket.peer.transport;
  }

  /** The descriptor; -1 once it is closed. */
  get fd(): number {
    return this.#socket.fd;
  }

  /** Start of the current idle time; undefined while calls are open or the connection ends. */
  get idleSince(): number | undefined {
    const isIdle = this.#phase.kind === "open" && this.http2.streamCount === 0;
    return isIdle ? this.#policy.idleSince : undefined;
  }

  /** True until the peer makes its first call. */
  get isSilent(): boolean {
    return this.http2.statistics.streamsOpened === 0;
  }

  onReady(events: number): void {
    this.#thread.lookAtClock();
    this.#guard(() => {
      if ((events & libc.EPOLLOUT) !== 0) this.#flush();
      if ((events & ~libc.EPOLLOUT) !== 0 || this.#socket.hasPending) this.#read();
    });
  }

  wrote(): void {
    this.#policy.wrote();
    this.touch();
  }

  touch(): void {
    if (!this.dirty) this.#thread.flushLater(this);
  }

  /** True while calls of the connection are queued: further calls would only wait behind them. */
  get defers(): boolean {
    return this.lane.isActive;
  }

  get full(): boolean {
    return this.http2.unsentBytes > this.#thread.limits.maxConnectionUnreadBytes ||
      this.account.exceeds("unreadBytes") === "peer";
  }

  awaitRoom(call: RoomWaiter): void {
    this.#waiting.add(call);
  }

  onFull(): void {
    if (this.#phase.kind === "open" && this.#thread.maySend()) this.#writer.sendEarly(this.#now);
  }

  onStall(): void {
    this.#waiting.fail(notRead("stallTimeout"));
  }

  onPing(): void {
    if (!this.#policy.onPing(this.#now)) this.#thread.meter?.limit("minPingIntervalMs");
  }

  onEnd(error: Http2Error | undefined): void {
    if (error !== undefined) {
      const { message: reason, code, limit } = error;
      if (limit !== undefined) this.#thread.meter?.limit(limit);
      this.#thread.note("A connection was ended", { peer: this.peer, reason, code, limit });
    }
    if (this.#phase.kind !== "open") return;
    this.#phase = { kind: "ending", until: this.#lingerUntil() };
    this.touch();
  }

  /** Refuses new calls, and closes when the open ones have ended. A second call skips the round trip of GOAWAY. */
  drain(): void {
    this.http2.drain();
    this.touch();
  }

  /** Ends every call, and the connection. */
  cut(): void {
    this.http2.close(ErrorCode.NO_ERROR);
    this.#flushAll();
    this.abandon();
  }

  relinquish(resource: Resource): void {
    if (resource === "unreadBytes") {
      this.#thread.meter?.limit("maxUnreadBytes");
      this.http2.close(ErrorCode.ENHANCE_YOUR_CALM, "Too much waits for the peer to read");
      this.#flushAll();
      // A peer that does not read leaves the rest where it is.
      if (this.http2.output.length > 0) this.abandon();
    } else if (resource === "heldBytes") {
      const calls = this.http2.openStreams().flatMap(({ user }) => user ?? []);
      failLargestCalls(calls, this.account);
    }
  }

  /** Describes the connection, and at most `maxCalls` of its calls. */
  report(maxCalls: number): ConnectionReport {
    const { http2, account, peer } = this;
    const calls: CallReport[] = [];
    for (const { user } of http2.openStreams()) {
      if (calls.length < maxCalls && user !== undefined) calls.push(user.report(this.#now));
    }
    return {
      peer,
      ageSeconds: Math.round((this.#now - this.#openedAt) / 1_000),
      phase: http2.phase.kind,
      callsOpened: http2.statistics.streamsOpened,
      heldBytes: account.heldBytes,
      unreadBytes: account.unreadBytes,
      callCount: http2.streamCount,
      calls,
    };
  }

  /** Checks timeouts. Called about once a second. */
  tick(now: number): void {
    this.#guard(() => this.#tick(Math.trunc(now)));
  }

  /** Sends output, as much as the kernel takes and as is sent at a time. */
  flush(): void {
    this.dirty = false;
    this.#guard(() => this.#flush());
  }

  #flushAll(): void {
    this.dirty = false;
    this.#guard(() => this.#flush(true));
  }

  /** Closes the socket at once, and cancels open calls. */
  abandon(): void {
    if (this.#phase.kind === "closed") return;
    this.#phase = CLOSED;
    this.#countRefused();
    this.http2.disconnect();
    this.#noteSending();
    this.closeAccounts();
    this.#thread.forget(this);
    this.#socket.close();
  }

  /** Counts the streams that were refused since the last count. */
  #countRefused(): void {
    const { streamsRefused } = this.http2.statistics;
    const more = streamsRefused - this.#streamsRefused;
    if (more === 0) return;
    this.#streamsRefused = streamsRefused;
    this.#thread.meter?.limit("maxConcurrentStreams", more);
  }

  /** Closes the connection's account and lane, which were opened with it. */
  closeAccounts(): void {
    this.#thread.accounts.close(this.account);
    this.#thread.work.closeLane(this.lane, this.identity);
  }

  /** The time in whole milliseconds, because V8 allocates an object for each field with a fraction. */
  get #now(): number {
    return Math.trunc(this.#thread.now);
  }

  /** Runs a function whose exception ends this connection alone. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#thread.report("A connection failed inside the server", { peer: this.peer, error });
      this.abandon();
    }
  }

  #tick(now: number): void {
    switch (this.#phase.kind) {
      case "open":
        this.http2.tick(now);
        for (const { user } of this.http2.openStreams()) user?.tick(now);
        this.#waiting.sweep();
        this.#noteSending();
        this.#countRefused();
        if (this.#phase.kind === "open" && !this.#policy.tick(now)) {
          this.#thread.meter?.limit("keepaliveTimeoutMs");
          return this.abandon();
        }
        if (this.http2.output.length > 0) this.touch();
        return;
      case "ending":
      case "lingering":
        if (now >= this.#phase.until) this.abandon();
    }
  }

  #flush(all = false): void {
    if (this.fd < 0 || this.http2.output.length > 0 && !this.#thread.maySend()) return;
    const flushed = this.#writer.flush(this.#now, all);
    if (flushed === "failed") return this.abandon();
    if (this.fd < 0) return;
    this.#noteSending();
    if (flushed === "all" && this.#phase.kind === "ending") this.#linger();
  }

  #read(): void {
    const { buffer } = this.#thread;
    const size = this.#socket.read(buffer, this.#readSize.bytes);
    if (size > 0) {
      if (this.#phase.kind !== "open") return;
      const now = this.#now;
      this.#policy.heard(now);
      this.#thread.meter?.bytes(this.transport, size, 0);
      this.http2.receive(buffer, now, 0, size);
      if (size >= LEAST_READ_BYTES) {
        this.#readSize.fit(size, this.#thread.clock() - this.#thread.now, buffer.length);
      }
      this.#noteSending();
      if (this.http2.output.length > 0 || this.#socket.hasPending) this.touch();
    } else if (size !== -libc.errno.EAGAIN && size !== -libc.errno.EINTR) {
      const { failure } = this.#socket;
      if (failure !== undefined) {
        const { message: reason, code } = failure;
        this.#thread.note("A connection failed", { peer: this.peer, reason, code });
      }
      this.abandon();
    }
  }

  /**
   * Updates the count of unsent bytes, and resumes calls that waited for room. The policy learns of DATA that was
   * sent, because a peer that receives much measures the bandwidth with PINGs, long after the handler wrote it.
   */
  #noteSending(): void {
    const { queuedBytes, unsentBytes } = this.http2;
    if (queuedBytes < this.#queuedBytes) this.#policy.wrote();
    this.#queuedBytes = queuedBytes;
    const more = unsentBytes - this.#unsentBytes;
    this.#unsentBytes = unsentBytes;
    if (more !== 0) this.account.add("unreadBytes", more);
    // At once, and not at the end of the turn, in which hundreds of connections may be read.
    if (more > 0) this.#thread.accounts.relieve("unreadBytes");
    this.#waiting.resume(this);
  }

  #linger(): void {
    this.#phase = { kind: "lingering", until: this.#lingerUntil() };
    this.#socket.shutdownWrite();
  }

  #lingerUntil(): number {
    return this.#now + LINGER_MS;
  }
}
