/**
 * TLS for grpc-js's channels: libssl over `src/net`, as on the native stack. grpc-js's own credentials use
 * Deno's node:tls, which makes no handshake over vsock and names no reason for a refused certificate.
 *
 * @module
 */
import {
  type CallCredentials,
  ChannelCredentials,
  type ChannelOptions,
  credentials,
  type experimental,
} from "@grpc/grpc-js";
import { type Address, dialTls, type TlsContext, type TlsStream } from "../../net/mod.ts";

/** Credentials of a channel whose connections are dialled by a {@linkcode TlsConnector}. */
export class TlsCredentials extends ChannelCredentials {
  readonly #context: TlsContext;
  readonly #serverName: string;

  /** @param serverName the DNS name or IP address that the servers' certificates must have */
  constructor(context: TlsContext, serverName: string) {
    super();
    this.#context = context;
    this.#serverName = serverName;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(
    _target: experimental.GrpcUri,
    _options: ChannelOptions,
    callCredentials: CallCredentials = credentials.createEmpty(),
  ): TlsConnector {
    return new TlsConnector(this.#context, this.#serverName, callCredentials);
  }
}

/** Makes the connections of one subchannel, until it is destroyed. */
export class TlsConnector implements experimental.SecureConnector {
  readonly #context: TlsContext;
  readonly #serverName: string;
  readonly #callCredentials: CallCredentials;
  readonly #abort = new AbortController();

  constructor(context: TlsContext, serverName: string, callCredentials: CallCredentials) {
    this.#context = context;
    this.#serverName = serverName;
    this.#callCredentials = callCredentials;
  }

  /** Connects to an address and makes the handshake. */
  dial(address: Address): Promise<TlsStream> {
    return dialTls(this.#context, address, this.#serverName, { signal: this.#abort.signal });
  }

  /** Not in use: TLS needs the descriptor of a socket, which {@linkcode dial} opens. */
  connect(): Promise<never> {
    return Promise.reject(new TypeError("A TlsConnector dials by itself"));
  }

  waitForReady(): Promise<void> {
    return Promise.resolve();
  }

  getCallCredentials(): CallCredentials {
    return this.#callCredentials;
  }

  destroy(): void {
    this.#abort.abort();
  }
}
