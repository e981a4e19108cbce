import {
  type AnyMethod,
  type ClientCall,
  type Compression,
  isRepeatable,
  type Metadata,
  type RpcChannel,
  RpcError,
} from "../../mod.ts";
import { Balancer } from "./_balancer.ts";
import { ChannelCore, closedError } from "./_channel_core.ts";
import {
  addressesOf,
  authorityOf,
  coreOptions,
  type NativeChannelOptions,
  userAgentOf,
} from "./_options.ts";
import { NativeCall, type NativeCallOptions } from "./_call.ts";
import { Methods, type PreparedMethod } from "./_methods.ts";
import { Timer } from "./_timers.ts";
import { UnaryCall, type UnaryObserver } from "./_unary.ts";

export type { NativeChannelOptions } from "./_options.ts";
export type { NativeCallOptions } from "./_call.ts";
export type { PreparedMethod } from "./_methods.ts";
export type { UnaryCall, UnaryObserver } from "./_unary.ts";

/** What all calls of a prepared method send. */
export interface PrepareOptions {
  readonly metadata?: Metadata;
  readonly compression?: Compression;
}

/** How one unary call on bytes is made. */
export interface UnaryOptions {
  /** Milliseconds from now; 0, the default, is no limit. */
  readonly timeout?: number;
  /** Wait for a connection rather than fail when there is none. */
  readonly waitForReady?: boolean;
}

/**
 * A channel over the native stack. Besides calls as every stack makes them it makes unary calls on
 * bytes, with an observer in the place of promises, fast enough to put a server under load from one
 * thread.
 */
export interface NativeChannel extends RpcChannel {
  /** How many of its connections are ready for calls. */
  readonly connected: number;
  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options?: NativeCallOptions,
  ): ClientCall<O>;
  /** Makes a method ready for `unary()`. */
  prepare(method: Pick<AnyMethod, "path">, options?: PrepareOptions): PreparedMethod;
  /**
   * Calls a method with a request in its serialized form. The observer is told of the response and
   * of the end, never before this returns. The request's bytes may be used again after the end.
   *
   * @throws {RpcError} CANCELLED when the channel is disposed of
   */
  unary(
    method: PreparedMethod,
    request: Uint8Array,
    observer: UnaryObserver,
    options?: UnaryOptions,
  ): UnaryCall;
  /**
   * Sends what calls have written, which otherwise leaves at the end of the turn of the event loop:
   * for a thread that makes calls and then blocks in its `Poller`.
   */
  flush(): void;
}

/**
 * A channel over the native stack. Nothing is dialled before the first call or `connect()`.
 * Disposing of it ends its calls as CANCELLED and closes its connections.
 *
 * @throws {TypeError} when there is no address
 * @throws {NetError} `BAD_ADDRESS`
 */
export function openNativeChannel(options: NativeChannelOptions): NativeChannel {
  return new Channel(options);
}

const NO_OPTIONS: UnaryOptions = {};

class Channel implements NativeChannel {
  readonly #core: ChannelCore;
  readonly #methods: Methods;
  readonly #retries: number;

  constructor(options: NativeChannelOptions) {
    const addresses = addressesOf(options);
    const { connections = 1, reconnect, keepalive } = options;
    const policy = options.balancing ?? (addresses.length > 1 ? "round_robin" : "pick_first");
    this.#methods = new Methods(
      options.tls === undefined ? "http" : "https",
      authorityOf(addresses, options.authority),
      userAgentOf(options),
    );
    this.#retries = options.retries ?? 0;
    this.#core = new ChannelCore(
      coreOptions(options),
      (core) => new Balancer(core, { addresses, connections, policy, reconnect, keepalive }),
    );
  }

  get connected(): number {
    return this.#core.connected;
  }

  connect(deadline: number): Promise<void> {
    const core = this.#core;
    return new Promise((resolve, reject) => {
      if (core.closed) return reject(closedError());
      if (core.connected > 0) return resolve();
      const timer = new Timer(() => {
        core.forget(waiter);
        reject(new RpcError("UNAVAILABLE", `No connection to ${core.options.servers} in time`));
      });
      const waiter = {
        waitForReady: true,
        begin() {
          core.timers.clear(timer);
          resolve();
        },
        refuse(error: RpcError) {
          core.timers.clear(timer);
          reject(error);
        },
      };
      core.timers.set(timer, performance.now() + Math.max(0, deadline - Date.now()));
      core.start(waiter);
    });
  }

  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options: NativeCallOptions = {},
  ): ClientCall<O> {
    if (this.#core.closed) throw closedError();
    const prepared = this.#methods.get(method.path, options.compression);
    const retries = isRepeatable(method) ? this.#retries : 0;
    const call = new NativeCall<I, O>(this.#core, method, prepared, options, retries);
    call.start(requests);
    return call;
  }

  prepare({ path }: Pick<AnyMethod, "path">, options: PrepareOptions = {}): PreparedMethod {
    return this.#methods.prepare(path, options.compression, options.metadata);
  }

  unary(
    method: PreparedMethod,
    request: Uint8Array,
    observer: UnaryObserver,
    { timeout = 0, waitForReady = false }: UnaryOptions = NO_OPTIONS,
  ): UnaryCall {
    if (this.#core.closed) throw closedError();
    const call = new UnaryCall(this.#core, method, request, observer, timeout, waitForReady);
    this.#core.start(call);
    return call;
  }

  flush(): void {
    this.#core.flush();
  }

  [Symbol.dispose](): void {
    this.#core[Symbol.dispose]();
  }
}
