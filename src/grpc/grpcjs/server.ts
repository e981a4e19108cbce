/** The reference server: `@grpc/grpc-js` over Deno's node:http2. @module */
import type { Duplex } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import {
  Acceptor,
  type Address,
  formatPeer,
  identityOf,
  listen,
  type ListenOptions,
  sharedReactor,
  type Socket,
  socketsSupported,
  type Stream,
  TlsHandshakes,
} from "../../net/mod.ts";
import { toDuplex } from "../../net/duplex/mod.ts";
import { logger } from "../../telemetry/mod.ts";
import { callerOf } from "../callers/mod.ts";
import {
  type AnyMethod,
  type DrainReport,
  MAX_REPORTED_CONNECTIONS,
  OVERLOAD_RETRY_MS,
  overloaded,
  type RpcServer,
  type RpcServerOptions,
  type ServerLimits,
  type ServerMeter,
  type ThreadReport,
} from "../mod.ts";
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from "../scheduling/mod.ts";
import { Admission, type OpenConnection } from "./_admission.ts";
import { type CalledConnection, CallRecord, type MethodRecords } from "./_call_record.ts";
import { CallWork } from "./_call_work.ts";
import { ConnectionMeter } from "./_connection_meter.ts";
import { toGrpcJsHandler } from "./_handlers.ts";
import type { StreamListener } from "./_http2_server.ts";
import { fixedLimits, type GrpcJsService, InjectedServer } from "./_injected_server.ts";
import { listenByNode } from "./_node_listener.ts";
import { withReferenceCodecs } from "./_reference_codecs.ts";
import { checkRequest, type Refusal, refusalOf, refuse } from "./_request_check.ts";
import { MessageStream } from "./_message_stream.ts";
import { OpenCalls } from "./_open_calls.ts";
import { SingleRequestStream } from "./_single_request.ts";
import { connectionOf, sessionSocket } from "./_session_socket.ts";
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
const SLICE_MS = 2;

/** Milliseconds between checks of time limits. */
const SWEEP_MS = 1_000;

const tooManyStreams = refusalOf(overloaded("Too many calls are open here", OVERLOAD_RETRY_MS));

/** A method, and the counts and the observer of its calls. */
interface RecordedMethod {
  readonly method: AnyMethod;
  readonly records: MethodRecords;
}

/** Limits, of which those of `ServerLimits` may change. */
type ChangingLimits =
  & GrpcJsLimits
  & QueueLimits
  & { -readonly [L in keyof ServerLimits]: ServerLimits[L] };

/**
 * The server. `src/net` accepts connections of every transport on this thread's reactor, and grpc-js gets them by its
 * connection injector. On platforms without `src/net`, node:net accepts TCP and Unix sockets.
 */
class GrpcJsServer implements RpcServer {
  readonly stack = "grpc-js";
  /** The grpc-js servers. The last one takes new connections; the others have connections with earlier limits. */
  #servers: InjectedServer[];
  readonly #services: readonly GrpcJsService[];
  readonly #methods = new Map<string, RecordedMethod>();
  readonly #listeners: { close(): void }[] = [];
  readonly #limits: ChangingLimits;
  readonly #budgets: Budgets;
  readonly #turns: Turns;
  readonly #work: CallWork;
  readonly #inputTurns = new InputTurns();
  readonly #connections = new Set<OpenConnection>();
  readonly #admission: Admission;
  readonly #calls = new OpenCalls();
  readonly #incomplete = new Set<SingleRequestStream>();
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Resolves when the last connection is closed. */
  #gone = Promise.withResolvers<void>();
  readonly #tls: RpcServerOptions["tls"];
  readonly #meter: ServerMeter | undefined;
  /** Records of calls of methods that the server does not have. */
  readonly #unknownMethod: MethodRecords;
  readonly #connectionMeter: ConnectionMeter;
  readonly #log = logger("grpc-js");
  /** Number of calls that have ended. */
  #endedCalls = 0;
  /** `#endedCalls` when the drain was announced. */
  #endedBeforeDrain: number | undefined;
  /** The report of a drain that cut calls off, made at that time: their streams are closed later. */
  #cutReport: DrainReport | undefined;

  constructor({ services, tls, meter, observer }: RpcServerOptions, limits: GrpcJsLimits) {
    this.#limits = { ...DEFAULT_QUEUE_LIMITS, ...limits };
    this.#tls = tls;
    this.#meter = meter;
    const shared = { serverMeter: meter, observer };
    this.#unknownMethod = { ...shared, isUnary: false, meter: meter?.method(undefined) };
    this.#connectionMeter = new ConnectionMeter(meter);
    this.#budgets = new Budgets(this.#limits);
    this.#admission = new Admission({
      ...{ limits: this.#limits, connections: this.#connections, budgets: this.#budgets },
      ...{ meter, log: this.#log },
    });
    this.#turns = new Turns(SLICE_MS);
    const work = this.#work = new CallWork(this.#limits);
    this.#services = services.map(({ definition, handlers, responseHeaders: headers }) => {
      const entries = Object.entries(handlers).map(([name, handler]) => {
        const method = definition[name];
        const isUnary = handler.kind === "unary";
        const records = { ...shared, isUnary, meter: meter?.method(method.path) };
        this.#methods.set(method.path, { method, records });
        return [name, toGrpcJsHandler(handler, { work, calls: this.#calls, headers })];
      });
      const methods = Object.entries(definition)
        .map(([name, method]) => [name, withReferenceCodecs(method)]);
      return { definition: Object.fromEntries(methods), handlers: Object.fromEntries(entries) };
    });
    this.#servers = [this.#openServer()];
  }

  #openServer(): InjectedServer {
    return new InjectedServer(
      this.#services,
      fixedLimits(this.#limits),
      (next, maxRequestBytes) => (stream, headers) =>
        this.#route(next, maxRequestBytes, stream, headers),
    );
  }

  /** Checks a new stream, and passes it to grpc-js through a stream that counts its bytes. */
  #route(
    next: StreamListener,
    maxRequestBytes: number,
    ...[stream, headers]: Parameters<StreamListener>
  ): void {
    // node:http2 announces a stream a tick late, when the stream may be closed already.
    if (stream.destroyed || stream.closed) return;
    const path = headers[":path"] ?? "";
    const called = this.#methods.get(path);
    const connection = connectionOf(stream.session!);
    const { budget } = connection;
    const { records } = called ?? { records: this.#unknownMethod };
    const record = new CallRecord(connection.called, headers, records);
    const refused = (refusal: Refusal) => {
      if (refusal.kind === "grpc") {
        record.sent(refusal.code, refusal.message);
        record.closed();
      }
      refuse(stream, refusal);
    };
    const refusal = checkRequest(headers, () => called !== undefined);
    if (refusal) return refused(refusal);
    budget.hasCalled = true;
    if (!this.#mayOpen(budget)) {
      this.#meter?.limit("maxOpenStreams");
      return refused(tooManyStreams);
    }
    budget.addStreams(1);
    const number = this.#calls.add(record, headers);
    stream.once("close", () => {
      budget.addStreams(-1);
      this.#endedCalls++;
      this.#calls.remove(number);
    });
    const host = {
      ...{ limits: this.#limits, maxRequestBytes, turns: this.#turns, next, budget },
      ...{ incomplete: this.#incomplete, meter: this.#meter, record },
    };
    if (called!.method.requestStream) new MessageStream(stream, headers, host);
    else new SingleRequestStream(stream, headers, host);
  }

  /** Limits that grpc-js applies (`fixedLimits()`) hold for new connections, and the others at once. */
  setLimits(limits: Partial<ServerLimits>): Promise<void> {
    Object.assign(this.#limits, limits);
    if (!isDeepStrictEqual(this.#servers.at(-1)!.limits, fixedLimits(this.#limits))) {
      const inUse = this.#servers.filter(({ connections }) => connections > 0);
      this.#servers = [...inUse, this.#openServer()];
    }
    this.#turns.wake();
    return Promise.resolve();
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    if (!socketsSupported()) {
      const listener = await listenByNode(address, (connection, name, peer) => {
        const caller = callerOf({ peer, peerCertificate: undefined });
        if (!this.#admission.admits(peer)) connection.destroy();
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
        if (this.#admission.admits(socket.peer)) take(socket);
        else socket.close();
      },
      onShortage: () => this.#admission.closeSilent(),
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
    const unreadBytes = ({ duplex, budget }: OpenConnection) =>
      duplex.writableLength + budget.unread;
    const sum = (value: (one: OpenConnection) => number) =>
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
    for (const server of this.#servers) server.drain();
    if (this.#connections.size === 0) return;
    const timer = setTimeout(() => this.#cutOff(), graceMs);
    await this.#gone.promise;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await this.drain(0);
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
    const handshakes = new TlsHandshakes(this.#tls, sharedReactor(), {
      onStream: take,
      onFailed: (stream, { code, message: reason, limit }) => {
        if (limit !== undefined) this.#meter?.limit(limit);
        this.#log.debug("A TLS handshake failed", { peer: formatPeer(stream.peer), code, reason });
        stream.close();
      },
    }, this.#limits);
    const timer = setInterval(() => handshakes.expire(performance.now()), SWEEP_MS);
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
    this.#log.debug("Connected", { peer });
    const budget = this.#budgets.open(identity);
    const inputTurns = this.#inputTurns;
    const onDrain = () => this.#turns.wake();
    sessionSocket(duplex, { called, budget, inputTurns, limits: this.#limits, onDrain });
    const openedAt = performance.now();
    const { transport } = called.caller.peer;
    const connection: OpenConnection = {
      ...{ duplex, peer, transport, budget, identity, openedAt, written: 0, since: openedAt },
    };
    this.#connections.add(connection);
    this.#connectionMeter.opened(connection);
    this.#admission.limitSilent(identity);
    this.#watch ??= setInterval(() => this.#sweep(), SWEEP_MS);
    duplex.once("close", () => {
      this.#budgets.close(identity);
      this.#connections.delete(connection);
      this.#connectionMeter.closed(connection);
      if (this.#connections.size > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#gone.resolve();
      this.#gone = Promise.withResolvers();
    });
    this.#servers.at(-1)!.take(duplex);
  }

  /** Refuses requests that are too old, closes connections whose peers do not read, and counts bytes. */
  #sweep(): void {
    const now = performance.now();
    this.#connectionMeter.count();
    for (const request of this.#incomplete) request.checkAge(now);
    this.#admission.closeUnread(now);
  }

  #mayOpen({ streams, allStreams }: Budget): boolean {
    const { maxOpenStreams, minOpenStreamsPerConnection } = this.#limits;
    return streams < Math.max(minOpenStreamsPerConnection, maxOpenStreams - allStreams);
  }

  #report(cut: number): DrainReport {
    return { served: this.#endedCalls - this.#endedBeforeDrain!, cut, silentWorkers: 0 };
  }

  #cutOff(): void {
    const open = [...this.#connections].reduce((sum, { budget }) => sum + budget.streams, 0);
    this.#cutReport ??= this.#report(open);
    for (const server of this.#servers) server.close();
    for (const { duplex } of this.#connections) duplex.destroy();
  }

  #stopAccepting(): void {
    for (const listener of this.#listeners.splice(0)) listener.close();
  }
}
