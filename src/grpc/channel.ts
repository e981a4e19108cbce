/** The channel of a client and its calls, on either stack. @module */
import type { AnyMethod } from "./service.ts";
import type { Metadata } from "./metadata.ts";

/** The compression of request messages. */
export type Compression = "gzip";

/** Options of a call. */
export interface CallOptions {
  readonly metadata?: Metadata;
  /** Time at which the call fails with DEADLINE_EXCEEDED, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Cancels the call when aborted. */
  readonly signal?: AbortSignal;
  /** Wait for a connection when there is none, instead of failing (gRPC's wait-for-ready). */
  readonly waitForReady?: boolean;
  /**
   * Compresses the request messages. Without effect on the reference stack, which compresses either all
   * calls of a channel or none.
   */
  readonly compression?: Compression;
}

/** A call under way. */
export interface ClientCall<O> {
  /** The response's headers; empty when the server sent none before it ended the call. */
  readonly headers: Promise<Metadata>;
  /** The response's trailers; rejects as `responses` does. */
  readonly trailers: Promise<Metadata>;
  /** The responses in order. Iteration throws an `RpcError` at the end of a call that failed. */
  readonly responses: AsyncIterable<O>;
  /** Returns the name of the call's server, such as `127.0.0.1:50051`, or of all servers before it has one. */
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
  /**
   * The subjects of the certificates that verify it, from its issuer to the CA. Empty for a resumed session, whose
   * certificate an earlier handshake has verified.
   */
  readonly issuers: readonly string[];
}

/** The certificate of the other end, with names as in `O=Example, CN=server`. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Whole days until the certificate expires; negative afterwards. */
  readonly daysLeft: number;
}

/** A client's channel to one server, or to several with load balancing. */
export interface RpcChannel extends Disposable {
  /**
   * Resolves once connected. Rejects with an UNAVAILABLE `RpcError` at `deadline`, in milliseconds since
   * 1970.
   */
  connect(deadline: number): Promise<void>;
  /** Calls a method of any of the four kinds. A unary method takes one request and gives one response. */
  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options?: CallOptions,
  ): ClientCall<O>;
}
