/** Channels on `@grpc/grpc-js`. @module */
import {
  Channel,
  type ChannelCredentials,
  type ChannelInterface,
  connectivityState,
  credentials,
} from "@grpc/grpc-js";
import { parseAddress } from "../../net/mod.ts";
import {
  type AnyMethod,
  type CallOptions,
  type ChannelOptions,
  type ClientCall,
  defaultAuthority,
  hostOfAuthority,
  type RpcChannel,
  RpcError,
} from "../mod.ts";
import { closeChannel } from "./_channel_close.ts";
import { GrpcJsCall } from "./_channel_call.ts";
import { toGrpcOptions } from "./_channel_options.ts";
import { keepMessagesBeforeStatus } from "./_late_status.ts";
import { TlsCredentials } from "./_tls_credentials.ts";
import { withReferenceCodecs } from "./_reference_codecs.ts";
import { targetOf } from "./_channel_targets.ts";

/**
 * Opens a channel on `@grpc/grpc-js`. It connects at the first call or `connect()`. Disposing of it ends its calls
 * as CANCELLED and closes its connections.
 *
 * @throws {TypeError} when there is no address
 * @throws {NetError} `BAD_ADDRESS`
 */
export function openChannel(options: ChannelOptions): RpcChannel {
  return new GrpcJsChannel(options);
}

/** The part of a call that its channel uses. */
type OpenCall = Pick<GrpcJsCall<unknown, unknown>, "cancel" | "onEnd">;

class GrpcJsChannel implements RpcChannel {
  readonly #channel: ChannelInterface;
  readonly #servers: string;
  readonly #connectTimeout: number | undefined;
  readonly #calls = new Set<OpenCall>();
  #closed = false;

  constructor(options: ChannelOptions) {
    keepMessagesBeforeStatus();
    const target = targetOf(options.addresses);
    this.#channel = new Channel(target, credentialsOf(options), toGrpcOptions(options));
    this.#servers = options.addresses.join(", ");
    this.#connectTimeout = options.connectTimeout;
  }

  connect(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (passed?: Error) => {
        if (this.#closed) return reject(closedError());
        const state = this.#channel.getConnectivityState(true);
        if (state === connectivityState.READY) resolve();
        else if (passed) {
          reject(new RpcError("UNAVAILABLE", `No connection to ${this.#servers} in time`));
        } else this.#channel.watchConnectivityState(state, deadline, check);
      };
      check();
    });
  }

  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options: CallOptions = {},
  ): ClientCall<O> {
    if (this.#closed) throw closedError();
    const deadline = options.deadline ?? Infinity;
    const inner = this.#channel.createCall(method.path, deadline, null, null, null);
    const call = new GrpcJsCall<I, O>(inner, withReferenceCodecs(method), options, (peer) =>
      // Before grpc-js has picked a server, its name of the peer is the target.
      peer === this.#channel.getTarget() ? this.#servers : peer);
    this.#calls.add(call);
    call.onEnd(() => this.#calls.delete(call));
    this.#limitConnecting(call);
    call.start(requests);
    return call;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#calls) call.cancel("CANCELLED", "The channel was closed");
    closeChannel(this.#channel);
  }

  /** Ends a call as UNAVAILABLE if no connection is ready within the connect timeout. */
  #limitConnecting(call: OpenCall): void {
    if (this.#connectTimeout === undefined || this.#isReady()) return;
    const timer = setTimeout(() => {
      if (this.#isReady()) return;
      call.cancel(
        "UNAVAILABLE",
        `No connection to ${this.#servers} within ${this.#connectTimeout} ms`,
      );
    }, this.#connectTimeout);
    call.onEnd(() => clearTimeout(timer));
  }

  #isReady(): boolean {
    return this.#channel.getConnectivityState(false) === connectivityState.READY;
  }
}

function credentialsOf({ addresses, authority, tls }: ChannelOptions): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const name = authority ?? defaultAuthority(parseAddress(addresses[0]));
  return new TlsCredentials(tls.context, hostOfAuthority(name));
}

function closedError(): RpcError {
  return new RpcError("CANCELLED", "The channel was closed");
}
