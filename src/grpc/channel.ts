import type { AnyMethod } from "./service.ts";
import type { Metadata } from "./metadata.ts";

/** How the messages of a request are compressed. */
export type Compression = "gzip";

/** How a client wants a call made. */
export interface CallOptions {
  readonly metadata?: Metadata;
  /** When to stop waiting, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Cancels the call when aborted. */
  readonly signal?: AbortSignal;
  /** Wait for a connection rather than fail when there is none (gRPC's wait-for-ready). */
  readonly waitForReady?: boolean;
  /**
   * Compresses the messages of the request. It is a wish: the reference stack compresses the calls of a
   * channel or none, so there it is without effect.
   */
  readonly compression?: Compression;
}

/** A call under way. */
export interface ClientCall<O> {
  /** The response's headers; empty when the server sent none before it ended the call. */
  readonly headers: Promise<Metadata>;
  /** The response's trailers; rejects as `responses` does. */
  readonly trailers: Promise<Metadata>;
  /** The responses in their order. Throws an `RpcError` at the end of a call that failed. */
  readonly responses: AsyncIterable<O>;
  /** The server that took the call, such as `127.0.0.1:50051`. */
  peer(): string;
  /**
   * Resolves to the TLS parameters of the call's connection: undefined for plaintext and before the call
   * has a connection. The reference stack does not have this method.
   */
  security?(): Promise<ConnectionSecurity | undefined>;
}

/** The TLS parameters of a connection. */
export interface ConnectionSecurity {
  /** The protocol version, such as `TLSv1.3`. */
  readonly version: string;
  /** The cipher suite, such as `TLS_AES_128_GCM_SHA256`. */
  readonly cipher: string;
  /** True when the handshake resumed an earlier session. */
  readonly resumed: boolean;
  /** The certificate of the other end; undefined where it sent none, or one that cannot be parsed. */
  readonly peerCertificate: PeerCertificate | undefined;
}

/** The certificate of the other end, with names as in `O=Example, CN=server`. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Whole days until the certificate expires; negative afterwards. */
  readonly daysLeft: number;
}

/** A client's way to one server or to several that are balanced. */
export interface RpcChannel extends Disposable {
  /**
   * Resolves once connected; rejects with an UNAVAILABLE `RpcError` when that takes until `deadline`
   * (milliseconds since 1970).
   */
  connect(deadline: number): Promise<void>;
  /** Calls a method of any of the four kinds: a unary one is sent one request and gets one response. */
  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options?: CallOptions,
  ): ClientCall<O>;
}
