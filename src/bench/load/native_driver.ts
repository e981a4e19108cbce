/** Unary calls of a load over the native stack, on a thread that blocks. @module */
import { Metadata, RpcError, StatusCode } from "../../grpc/mod.ts";
import {
  type NativeChannel,
  openNativeChannel,
  type PreparedMethod,
  type UnaryCall,
  type UnaryObserver,
} from "../../grpc/native/client/mod.ts";
import { Poller, type TlsContext } from "../../net/mod.ts";
import { checkFormat, ProtobufError } from "../../protobuf/mod.ts";
import { BAD_SIGNATURE, outcomeOf } from "../collector/mod.ts";
import { channelOptionsOf } from "./channel_options.ts";
import type { Control } from "./control.ts";
import type { Driver, DriverListener } from "./driver.ts";
import { type LoadPlan, shareOf, type Workload } from "./plan.ts";
import type { Share } from "../pacer/mod.ts";
import { openVerifier, type Verifier } from "./verifier.ts";

/** Milliseconds between checks of connections that are being opened. */
const CONNECTING_MS = 1;

/**
 * Makes unary calls on plain bytes over the native stack, on a thread that blocks in its own epoll. A response is
 * timed without a promise or a turn of the event loop in between.
 */
export class NativeDriver implements Driver {
  readonly blocking = true;
  readonly #poller = new Poller();
  readonly #channel: NativeChannel;
  readonly #connections: number;
  readonly #method: PreparedMethod;
  readonly #request: Uint8Array;
  /** The options of the next call: one object for all calls. */
  readonly #options: { readonly timeout: number; startedAt: number; connection: number };
  readonly #slots: readonly Slot[];
  /**
   * True if each slot has a connection, so that a response is followed by the next request on its own connection while
   * the server answers on others. If requests took connections in turn, those of all responses would leave together, and
   * client and server would wait for each other.
   */
  readonly #bound: boolean;
  readonly #verifier: Verifier | undefined;
  readonly #servers: string;

  constructor(
    plan: LoadPlan,
    workload: Workload & { kind: "unary" },
    { thread, threads }: Share,
    concurrency: number,
    listener: DriverListener,
    tls: TlsContext | undefined,
  ) {
    const { addresses, balancing } = plan;
    const connections = Math.max(1, shareOf(plan.connections, thread, threads));
    const everywhere = addresses.length > 1 && balancing !== "pick_first";
    this.#connections = connections * (everywhere ? addresses.length : 1);
    this.#servers = addresses.join(", ");
    this.#bound = !everywhere && concurrency >= connections;
    // After the responses of one connection, the thread sends their next requests.
    if (this.#bound) this.#poller.pause = () => true;
    this.#channel = openNativeChannel({
      ...channelOptionsOf(plan, tls),
      connections,
      registrar: this.#poller,
    });
    this.#method = this.#channel.prepare(workload, { metadata: new Metadata(plan.metadata) });
    this.#request = workload.request;
    this.#options = { timeout: plan.deadline, startedAt: 0, connection: -1 };
    this.#verifier = workload.verify && openVerifier(workload.verify, plan.seed + thread);
    this.#slots = Array.from(
      { length: concurrency },
      (_, slot) => new Slot(slot, listener, this.#verifier, workload.path),
    );
  }

  async connect(deadline: number, control: Control): Promise<void> {
    let ready = false;
    let failure: unknown;
    this.#channel.connect(deadline).then(() => ready = true, (error) => failure = error);
    // The channel's timers run by the poller, also while a server with a connection allows no stream.
    while ((!ready || this.needsEventLoop()) && !control.stopped) {
      this.#handleAll(0);
      await new Promise((resolve) => setTimeout(resolve, CONNECTING_MS));
      if (failure !== undefined) throw failure;
      // A server may close each connection that it accepts. Before the first one, `connect()` fails at the deadline.
      if (Date.now() > deadline && ready) {
        const message =
          `Only ${this.#channel.connected} of ${this.#connections} connections to ${this.#servers} ` +
          "were made in time and stay open";
        throw new RpcError("UNAVAILABLE", message);
      }
    }
  }

  send(slot: number, now: number): void {
    this.#options.startedAt = now;
    if (this.#bound) this.#options.connection = slot;
    this.#channel.unary(this.#method, this.#request, this.#slots[slot], this.#options);
  }

  flush(): void {
    this.#channel.flush();
  }

  wait(milliseconds: number): void {
    // A turn of the event loop takes a millisecond: too long for the events of one connection.
    if (this.needsEventLoop()) this.#handleAll(milliseconds);
    else this.#poller.wait(milliseconds);
  }

  needsEventLoop(): boolean {
    return this.#channel.connected < this.#connections;
  }

  /** Waits for events, and handles those of all connections. */
  #handleAll(milliseconds: number): void {
    this.#poller.wait(milliseconds);
    while (this.#poller.hasPending) this.#poller.wait(0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#channel[Symbol.dispose]();
    this.#poller.close();
    this.#verifier?.[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** The successive calls of one slot. */
class Slot implements UnaryObserver {
  readonly #slot: number;
  readonly #listener: DriverListener;
  readonly #verifier: Verifier | undefined;
  readonly #path: string;
  /** The outcome of a call that ends with OK: another one for a response that is wrong. */
  #outcome: number = StatusCode.OK;

  constructor(
    slot: number,
    listener: DriverListener,
    verifier: Verifier | undefined,
    path: string,
  ) {
    this.#slot = slot;
    this.#listener = listener;
    this.#verifier = verifier;
    this.#path = path;
  }

  onResponse(_call: UnaryCall, bytes: Uint8Array, start: number, end: number): void {
    try {
      checkFormat(bytes, start, end);
      if (this.#verifier?.accepts(bytes, start, end) === false) this.#outcome = BAD_SIGNATURE;
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      this.#outcome = StatusCode.INTERNAL;
    }
  }

  onDone({ code, message, endedAt }: UnaryCall): void {
    const wrong = this.#outcome;
    this.#outcome = StatusCode.OK;
    if (code !== StatusCode.OK || wrong === StatusCode.OK) {
      this.#listener.onEnd(this.#slot, outcomeOf(code!), message, endedAt);
    } else {
      const text = wrong === StatusCode.INTERNAL ? `Cannot read a response of ${this.#path}` : "";
      this.#listener.onEnd(this.#slot, wrong, text, endedAt);
    }
  }
}
