/** The reference server: `@grpc/grpc-js` over Deno's node:http2. @module */
import type { Duplex } from "node:stream";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  Acceptor,
  type Address,
  formatPeer,
  identityOf,
  listen,
  type ListenOptions,
  type Peer,
  RESERVED_DESCRIPTORS,
  sharedReactor,
  type Socket,
  socketsSupported,
  type Stream,
  TlsHandshakes,
  toDuplex,
} from "../../net/mod.ts";
import { logger } from "../../telemetry/mod.ts";
import { callerOf } from "../callers/mod.ts";
import {
  type AnyMethod,
  type DrainReport,
  MAX_REPORTED_CONNECTIONS,
  metered,
  type RpcServer,
  type RpcServerOptions,
  StatusCode,
  type ThreadReport,
} from "../mod.ts";
import { DEFAULT_QUEUE_LIMITS } from "../scheduling/mod.ts";
import { CallWork } from "./_call_work.ts";
import { type CalledConnection, Connections } from "./_connections.ts";
import { toGrpcJsHandler } from "./_handlers.ts";
import { guardHttp2Servers } from "./_http2_server.ts";
import { listenByNode } from "./_node_listener.ts";
import { withReferenceCodecs } from "./_reference_codecs.ts";
import { checkRequest, type Refusal, refuse } from "./_request_check.ts";
import { MessageStream } from "./_message_stream.ts";
import { SingleRequestStream } from "./_single_request.ts";
import { budgetOf, sessionSocket } from "./_session_socket.ts";
import { type Budget, Budgets } from "./_budget.ts";
import { InputTurns } from "./_input_turns.ts";
import { defaultGrpcJsLimits, type GrpcJsLimits } from "./_limits.ts";
import { Turns } from "./_turns.ts";

/** Opens a server on the reference stack: `@grpc/grpc-js` over Deno's node:http2. */
export function openGrpcJsServer(
  options: RpcServerOptions,
  limits: Partial<GrpcJsLimits> = {},
): RpcServer {
  return new GrpcJsServer(options, { ...defaultGrpcJsLimits, ...options.limits, ...limits });
}

/** Milliseconds for which requests are started before sockets are read again. */
const sliceMs = 2;

/** Milliseconds without a first call after which a connection is closed for want of descriptors. */
const maxSilentInShortageMs = 1_000;

/** The longest delay that `setTimeout` takes, almost 25 days. grpc-js takes it for no limit. */
const maxTimerMs = 2 ** 31 - 1;

/** Milliseconds between checks of time limits. */
const sweepMs = 1_000;

const tooManyStreams: Refusal = {
  kind: "grpc",
  code: StatusCode.RESOURCE_EXHAUSTED,
  message: "Too many calls are open here: try again later",
};

/** Connections that are closed each time that accepting fails: four times the descriptors that it reserves. */
const closedInShortage = 4 * RESERVED_DESCRIPTORS;

/** A connection, and the progress of its peer in reading responses. */
interface Connection {
  readonly duplex: Duplex & { readonly bytesWritten?: number };
  readonly peer: string;
  readonly budget: Budget;
  /** `identityOf()` the peer. */
  readonly identity: string | undefined;
  readonly openedAt: number;
  /** `bytesWritten` at the last progress, and the time of it. */
  written: number;
  since: number;
}

/**
 * The server. `src/net` accepts connections of every transport on this thread's reactor, and grpc-js gets them by its
 * connection injector. On platforms without `src/net`, node:net accepts TCP and Unix sockets.
 */
class GrpcJsServer implements RpcServer {
  readonly stack = "grpc-js";
  readonly #server: Server;
  readonly #injector: ReturnType<Server["createConnectionInjector"]>;
  readonly #listeners: { close(): void }[] = [];
  readonly #limits: GrpcJsLimits;
  readonly #budgets: Budgets;
  readonly #turns: Turns;
  readonly #work: CallWork;
  readonly #inputTurns = new InputTurns();
  readonly #connections = new Set<Connection>();
  readonly #names = new Connections();
  readonly #incomplete = new Set<SingleRequestStream>();
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Resolves when the last connection is closed. */
  #gone = Promise.withResolvers<void>();
  readonly #tls: RpcServerOptions["tls"];
  readonly #log = logger("grpc-js");
  /** Number of calls that have ended. */
  #endedCalls = 0;
  /** `#endedCalls` when the drain was announced. */
  #endedBeforeDrain: number | undefined;
  /** The report of a drain whose calls were cut off: streams are closed late after that. */
  #cutReport: DrainReport | undefined;

  constructor({ services: given, tls, meter, observer }: RpcServerOptions, limits: GrpcJsLimits) {
    this.#limits = limits;
    this.#tls = tls;
    this.#budgets = new Budgets(limits);
    this.#turns = new Turns(sliceMs);
    this.#server = new Server({
      "grpc.max_receive_message_length": limits.maxRequestBytes,
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": limits.maxConcurrentStreams,
      "grpc.max_connection_age_ms": timerMs(limits.maxConnectionAgeMs),
      "grpc.max_connection_age_grace_ms": timerMs(limits.maxConnectionAgeGraceMs),
      "grpc.max_connection_idle_ms": timerMs(limits.maxConnectionIdleMs),
      "grpc.keepalive_time_ms": timerMs(limits.keepaliveMs),
      "grpc.keepalive_timeout_ms": timerMs(limits.keepaliveTimeoutMs),
      "grpc.enable_channelz": 0,
    });
    const services = given.map((one) => metered(one, meter, observer));
    const methods = new Map<string, AnyMethod>();
    const work = this.#work = new CallWork({ ...DEFAULT_QUEUE_LIMITS, ...limits });
    for (const { definition, handlers, responseHeaders } of services) {
      const referenceDefinition: Record<string, AnyMethod> = {};
      for (const [name, method] of Object.entries(definition)) {
        methods.set(method.path, method);
        referenceDefinition[name] = withReferenceCodecs(method);
      }
      const entries = Object.entries(handlers).map(([name, handler]) => [
        name,
        toGrpcJsHandler(handler, work, this.#names, responseHeaders),
      ]);
      this.#server.addService(referenceDefinition, Object.fromEntries(entries));
    }
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    guardHttp2Servers(this.#server, (next) => (stream, headers) => {
      // Streams are announced a tick late: it may be closed already.
      if (stream.destroyed || stream.closed) return;
      const refusal = checkRequest(headers, (path) => methods.has(path));
      if (refusal) return refuse(stream, refusal);
      const budget = budgetOf(stream.session!);
      budget.hasCalled = true;
      if (!this.#mayOpen(budget)) return refuse(stream, tooManyStreams);
      budget.addStreams(1);
      stream.once("close", () => {
        budget.addStreams(-1);
        this.#endedCalls++;
      });
      const host = { limits, turns: this.#turns, incomplete: this.#incomplete, budget, next };
      if (methods.get(headers[":path"]!)!.requestStream) new MessageStream(stream, headers, host);
      else new SingleRequestStream(stream, headers, host);
    });
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    if (!socketsSupported()) {
      const listener = await listenByNode(address, (connection, name, peer) => {
        const caller = callerOf({ peer, peerCertificate: undefined });
        if (!this.#admits(peer)) connection.destroy();
        else this.#take(connection, { peer: name, identity: identityOf(peer), caller });
      });
      this.#listeners.push(listener);
      return listener.address;
    }
    const listener = await listen(address, options);
    this.#listeners.push(listener);
    const take = this.#takeSocket();
    const acceptor = new Acceptor(listener, sharedReactor(), {
      onConnection: (socket) => {
        if (this.#admits(socket.peer)) take(socket);
        else socket.close();
      },
      onShortage: () => this.#closeSilent(),
      onPause: (error) => this.#log.warn("Accepting pauses", { error: error.message }),
      onResume: () => this.#log.info("Accepting again"),
    });
    // Closed before its listener.
    this.#listeners.unshift(acceptor);
    return listener.address;
  }

  inspect(): Promise<ThreadReport[]> {
    const now = performance.now();
    const open = [...this.#connections];
    const unreadBytes = ({ duplex, budget }: Connection) => duplex.writableLength + budget.unread;
    const sum = (value: (one: Connection) => number) =>
      open.reduce((total, one) => total + value(one), 0);
    const { heapUsed, heapTotal, external } = Deno.memoryUsage();
    const { size, expectedMs } = this.#work.queue;
    return Promise.resolve([{
      memory: { heapUsed, heapTotal, external },
      queue: { length: size, expectedMs: Math.round(expectedMs) },
      heldBytes: sum(({ budget }) => budget.held),
      unreadBytes: sum(unreadBytes),
      connectionCount: open.length,
      callCount: sum(({ budget }) => budget.streams),
      connections: open.slice(0, MAX_REPORTED_CONNECTIONS).map((one) => ({
        peer: one.peer,
        ageSeconds: Math.round((now - one.openedAt) / 1_000),
        heldBytes: one.budget.held,
        unreadBytes: unreadBytes(one),
        callCount: one.budget.streams,
      })),
    }]);
  }

  announceDrain(): Promise<void> {
    this.#endedBeforeDrain ??= this.#endedCalls;
    return Promise.resolve();
  }

  async drain(graceMs: number): Promise<DrainReport> {
    this.announceDrain();
    await this.#drain(graceMs);
    return this.#cutReport ?? this.#report(0);
  }

  async #drain(graceMs: number): Promise<void> {
    this.#stopAccepting();
    // Sends GOAWAY. On Deno the callback comes before the last call has ended, but a session closes its connection
    // after that call.
    this.#server.tryShutdown(() => {});
    if (this.#connections.size === 0) return;
    const timer = setTimeout(() => this.#cutOff(), graceMs);
    await this.#gone.promise;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await this.drain(0);
  }

  /** Checks the limits of connections for a new one. At the limit, connections without a call make room. */
  #admits(peer: Peer): boolean {
    const { maxConnections, maxConnectionsPerPeer } = this.#limits;
    if (this.#connections.size >= maxConnections) this.#closeSilent();
    const identity = identityOf(peer);
    const ofPeer = identity === undefined ? 0 : this.#budgets.connectionsOf(identity);
    if (this.#connections.size < maxConnections && ofPeer < maxConnectionsPerPeer) return true;
    this.#log.debug("A connection is refused: there are as many as allowed", {
      peer: formatPeer(peer),
    });
    return false;
  }

  /** Closes the oldest connection without a call of a peer that has too many of them. */
  #limitSilent(identity: string | undefined): void {
    const { maxSilentConnectionsPerPeer } = this.#limits;
    if (identity === undefined) return;
    if (this.#budgets.connectionsOf(identity) <= maxSilentConnectionsPerPeer) return;
    // A destroyed connection is in the set until the next turn of the event loop.
    const silent = [...this.#connections].filter((one) =>
      one.identity === identity && !one.budget.hasCalled && !one.duplex.destroyed
    );
    if (silent.length > maxSilentConnectionsPerPeer) silent[0].duplex.destroy();
  }

  /** Takes accepted sockets: over TLS once the handshake is done. */
  #takeSocket(): (socket: Socket) => void {
    const take = (stream: Stream) => {
      const { peer } = stream;
      const called = {
        peer: formatPeer(peer),
        identity: identityOf(peer),
        caller: callerOf(stream),
      };
      this.#take(toDuplex(stream), called);
    };
    if (this.#tls === undefined) return take;
    const { maxHandshakes, handshakeTimeoutMs } = this.#limits;
    const handshakes = new TlsHandshakes(this.#tls, sharedReactor(), {
      onStream: take,
      onFailed: (stream, { code, message: reason }) => {
        this.#log.debug("A TLS handshake failed", { peer: formatPeer(stream.peer), code, reason });
        stream.close();
      },
    }, { timeoutMs: handshakeTimeoutMs, maxPending: maxHandshakes });
    const timer = setInterval(() => handshakes.expire(performance.now()), sweepMs);
    Deno.unrefTimer(timer);
    this.#listeners.push({
      close() {
        clearInterval(timer);
        handshakes[Symbol.dispose]();
      },
    });
    return (socket) => handshakes.start(socket, performance.now());
  }

  #take(duplex: Duplex, called: CalledConnection): void {
    const { peer, identity } = called;
    const name = this.#names.add(called);
    this.#log.debug("Connected", { peer });
    const budget = this.#budgets.open(identity);
    const { maxConnectionUnreadBytes: maxUnsentBytes } = this.#limits;
    const inputTurns = this.#inputTurns;
    const onDrain = () => this.#turns.wake();
    sessionSocket(duplex, { name, budget, inputTurns, maxUnsentBytes, onDrain });
    const openedAt = performance.now();
    const connection = { duplex, peer, budget, identity, openedAt, written: 0, since: openedAt };
    this.#connections.add(connection);
    this.#limitSilent(identity);
    this.#watch ??= setInterval(() => this.#sweep(), sweepMs);
    duplex.once("close", () => {
      this.#budgets.close(identity);
      this.#names.remove(name);
      this.#connections.delete(connection);
      if (this.#connections.size > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#gone.resolve();
      this.#gone = Promise.withResolvers();
    });
    this.#injector.injectConnection(duplex);
  }

  /** Refuses requests that are too old, and closes connections whose peers do not read. */
  #sweep(): void {
    const now = performance.now();
    for (const request of this.#incomplete) request.checkAge(now);
    const { stalledBytes, maxStallMs } = this.#limits;
    for (const connection of this.#connections) {
      const { duplex, peer, budget, written, since } = connection;
      const sent = duplex.bytesWritten ?? 0;
      const unread = duplex.writableLength + budget.unread;
      if (unread <= stalledBytes || sent - written >= stalledBytes) {
        Object.assign(connection, { written: sent, since: now });
      } else if (now - since >= maxStallMs) {
        this.#log.warn("A peer does not read", { peer, unread });
        duplex.destroy();
      }
    }
  }

  #mayOpen({ streams, allStreams }: Budget): boolean {
    const { maxOpenStreams, minOpenStreamsPerConnection } = this.#limits;
    return streams < Math.max(minOpenStreamsPerConnection, maxOpenStreams - allStreams);
  }

  /** Closes some connections that have made no call, so that others find descriptors. */
  #closeSilent(): void {
    const before = performance.now() - maxSilentInShortageMs;
    [...this.#connections]
      .filter(({ openedAt, budget }) => openedAt <= before && !budget.hasCalled)
      .slice(0, closedInShortage)
      .forEach(({ duplex }) => duplex.destroy());
  }

  #report(cut: number): DrainReport {
    return { served: this.#endedCalls - this.#endedBeforeDrain!, cut, silentWorkers: 0 };
  }

  #cutOff(): void {
    const open = [...this.#connections].reduce((sum, { budget }) => sum + budget.streams, 0);
    this.#cutReport ??= this.#report(open);
    this.#server.forceShutdown();
    for (const { duplex } of this.#connections) duplex.destroy();
  }

  #stopAccepting(): void {
    for (const listener of this.#listeners.splice(0)) listener.close();
  }
}

function timerMs(ms: number): number {
  return Math.min(ms, maxTimerMs);
}
