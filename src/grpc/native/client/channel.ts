/** The native channel: calls on messages, and unary calls on bytes. @module */
import {
  type AnyMethod,
  type ClientCall,
  type Compression,
  isRepeatable,
  type Metadata,
  type RpcChannel,
} from "../../mod.ts";
import { ChannelCore, closedError, type PendingCall } from "./_channel_core.ts";
import { MessageCall, type NativeCallOptions } from "./_message_call.ts";
import { channelSettings, type NativeChannelOptions } from "./_options.ts";
import { type PreparedMethod, PreparedMethods } from "./_prepared_methods.ts";
import { Balancer } from "./_subchannels.ts";
import { Timer } from "./_timers.ts";
import { UnaryCall, type UnaryObserver, type UnaryOptions } from "./_unary_call.ts";

export type { NativeChannelOptions } from "./_options.ts";
export type { NativeCallOptions } from "./_message_call.ts";
export type { PreparedMethod } from "./_prepared_methods.ts";
export type { UnaryCall, UnaryObserver, UnaryOptions } from "./_unary_call.ts";

/** Request headers that all calls of a prepared method send. */
export interface PrepareOptions {
  readonly metadata?: Metadata;
  readonly compression?: Compression;
}

/**
 * A channel on the native stack. In addition to the calls of every stack it makes unary calls on bytes, with an
 * observer in place of promises, fast enough to load a server from one thread.
 */
export interface NativeChannel extends RpcChannel {
  /** Number of connections that are ready for calls. */
  readonly connected: number;
  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options?: NativeCallOptions,
  ): ClientCall<O>;
  /** Prepares a method for `unary()`. */
  prepare(method: Pick<AnyMethod, "path">, options?: PrepareOptions): PreparedMethod;
  /**
   * Calls a method with a serialized request, whose bytes must not change before the end of the call.
   * The observer is never called before this returns.
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
   * Sends the output of all calls now. Otherwise it is sent at the end of the turn of the event loop:
   * a thread that makes calls and then blocks in its `Poller` has to flush before.
   */
  flush(): void;
}

/**
 * Opens a channel on the native stack. It connects with the first call or `connect()`. Disposing of it
 * ends its calls as CANCELLED and closes its connections.
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
  readonly #methods: PreparedMethods;
  readonly #retries: number;

  constructor(options: NativeChannelOptions) {
    const settings = channelSettings(options);
    this.#methods = new PreparedMethods(settings);
    this.#retries = options.retries ?? 0;
    this.#core = new ChannelCore(settings, (core) => new Balancer(core));
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
        core.forget(pending);
        reject(core.noConnection("in time"));
      });
      const pending: PendingCall = {
        waitForReady: true,
        connection: -1,
        begin() {
          core.timers.clear(timer);
          resolve();
        },
        refuse(error) {
          core.timers.clear(timer);
          reject(error);
        },
      };
      core.timers.set(timer, performance.now() + Math.max(0, deadline - Date.now()));
      core.start(pending);
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
    const call = new MessageCall<I, O>(this.#core, method, prepared, options, retries);
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
    options: UnaryOptions = NO_OPTIONS,
  ): UnaryCall {
    if (this.#core.closed) throw closedError();
    const call = new UnaryCall(this.#core, method, request, observer, options);
    call.start();
    return call;
  }

  flush(): void {
    this.#core.flush();
  }

  [Symbol.dispose](): void {
    this.#core[Symbol.dispose]();
  }
}
