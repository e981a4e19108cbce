/** Client calls on grpc-js. @module */
import { setImmediate } from "node:timers";
import { type experimental, type Metadata as GrpcMetadata, status } from "@grpc/grpc-js";
import {
  type AnyMethod,
  type CallOptions,
  type ClientCall,
  iterateResponses,
  Metadata,
  receivedStatus,
  type ResponseReader,
  RpcError,
  StatusCode,
  type StatusName,
} from "../mod.ts";
import { connectFailure } from "./_connect_failure.ts";
import { sendRequests } from "./_channel_requests.ts";
import { fromGrpcMetadata, toGrpcMetadata } from "./_metadata.ts";

/** The end of a call. */
type Outcome =
  | { readonly ok: true; readonly trailers: GrpcMetadata }
  | { readonly ok: false; readonly error: RpcError };

/**
 * A client call of any kind, on grpc-js's `CallStream` below its stubs. There, each message is requested and each
 * write is acknowledged, which gives back-pressure in both directions. At most one response and one request are
 * buffered.
 *
 *     open ── message ──▶ open, one response buffered ── next() ──▶ open
 *       └── status ──▶ ended: the buffered response is still delivered, then the outcome
 */
export class GrpcJsCall<I, O> implements ClientCall<O> {
  readonly responses: AsyncIterable<O> = { [Symbol.asyncIterator]: () => this.#iterator() };
  readonly #call: experimental.CallStream;
  readonly #method: AnyMethod;
  readonly #options: CallOptions;
  readonly #peerName: (peer: string) => string;
  readonly #whenEnded: (() => void)[] = [];
  /** The client-side error that ended the call. */
  #cause: unknown;
  #response: { readonly value: O } | undefined;
  #reader: ResponseReader<O> | undefined;
  #headers: GrpcMetadata | undefined;
  #outcome: Outcome | undefined;
  /** Created at the first use: most callers read neither headers nor trailers. */
  #headersPromise: PromiseWithResolvers<Metadata> | undefined;
  #trailersPromise: PromiseWithResolvers<Metadata> | undefined;
  #endedPromise: PromiseWithResolvers<void> | undefined;

  /** @param peerName maps grpc-js's name of the peer to the one that callers get */
  constructor(
    call: experimental.CallStream,
    method: AnyMethod,
    options: CallOptions,
    peerName: (peer: string) => string,
  ) {
    this.#peerName = peerName;
    this.#call = call;
    this.#method = method;
    this.#options = options;
  }

  get headers(): Promise<Metadata> {
    if (!this.#headersPromise) {
      this.#headersPromise = Promise.withResolvers();
      if (this.#headers || this.#outcome) this.#settleHeaders();
    }
    return this.#headersPromise.promise;
  }

  get trailers(): Promise<Metadata> {
    if (!this.#trailersPromise) {
      const trailers = this.#trailersPromise = Promise.withResolvers();
      // The error of a failed call is thrown by `responses` too: a caller may ignore this promise.
      trailers.promise.catch(() => {});
      if (this.#outcome) settle(trailers, this.#outcome);
    }
    return this.#trailersPromise.promise;
  }

  peer(): string {
    return this.#peerName(this.#call.getPeer());
  }

  /** Sends the headers, and starts to send requests and to read responses. */
  start(requests: Iterable<I> | AsyncIterable<I>): void {
    const { metadata = [], waitForReady = false, signal } = this.#options;
    this.#call.start(toGrpcMetadata(metadata, { waitForReady }), {
      onReceiveMetadata: (headers) => this.#receiveHeaders(headers),
      onReceiveMessage: (message: Buffer) => this.#receiveMessage(message),
      onReceiveStatus: ({ code, details, metadata }) =>
        this.#receiveStatus(code, details, metadata),
    });
    this.#call.startRead();
    if (signal) this.#cancelOn(signal);
    sendRequests({
      call: this.#call,
      method: this.#method,
      ended: () => this.#ended(),
      cancel: (code, reason, cause) => this.cancel(code, reason, cause),
    }, requests);
  }

  /** Ends the call from this side. Has no effect on a call that has ended. */
  cancel(code: StatusName, reason: string, cause?: unknown): void {
    if (this.#outcome) return;
    this.#cause ??= cause;
    this.#call.cancelWithStatus(StatusCode[code] as number as status, reason);
  }

  /** Registers a listener for the end of the call. */
  onEnd(ended: () => void): void {
    if (this.#outcome) ended();
    else this.#whenEnded.push(ended);
  }

  #cancelOn(signal: AbortSignal): void {
    const abort = () => this.cancel("CANCELLED", "The caller cancelled the call", signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    this.onEnd(() => signal.removeEventListener("abort", abort));
  }

  #receiveHeaders(headers: GrpcMetadata): void {
    this.#headers = headers;
    this.#settleHeaders();
  }

  #settleHeaders(): void {
    this.#headersPromise?.resolve(
      this.#headers ? fromGrpcMetadata(this.#headers) : new Metadata(),
    );
  }

  #receiveMessage(message: Buffer): void {
    if (this.#outcome) return;
    let value: O;
    try {
      value = this.#method.responseDeserialize(message);
    } catch (cause) {
      return this.cancel("INTERNAL", `Cannot read a response of ${this.#method.path}`, cause);
    }
    if (this.#method.responseStream) {
      if (!this.#reader) return void (this.#response = { value });
      this.#reader.resolve({ done: false, value });
      this.#reader = undefined;
    } else {
      if (this.#response) return this.cancel("INTERNAL", "The server sent more than one response");
      this.#response = { value };
    }
    this.#call.startRead();
  }

  #receiveStatus(code: status, details: string, metadata: GrpcMetadata): void {
    if (this.#outcome) return;
    // grpc-js 1.14.7 opens the stream of a call that was cancelled right after its start, and leaves it open: the server
    // held the call, and its connection stayed when the channel was closed.
    if (code !== status.OK && this.#headers === undefined) {
      setImmediate(() => this.#call.cancelWithStatus(code, details));
    }
    this.#outcome = this.#outcomeOf(code, details, metadata);
    if (!this.#outcome.ok) {
      this.#response = this.#method.responseStream ? this.#response : undefined;
    }
    if (this.#reader) this.#give(this.#reader);
    this.#reader = undefined;
    this.#settleHeaders();
    if (this.#trailersPromise) settle(this.#trailersPromise, this.#outcome);
    this.#endedPromise?.resolve();
    for (const ended of this.#whenEnded) ended();
  }

  #outcomeOf(code: status, details: string, metadata: GrpcMetadata): Outcome {
    if (code !== status.OK) {
      const cause = this.#cause ?? connectFailure(code, details);
      const options = {
        metadata: fromGrpcMetadata(metadata),
        ...(cause ? { cause } : {}),
      };
      return { ok: false, error: new RpcError(receivedStatus(code), details, options) };
    }
    if (!this.#method.responseStream && !this.#response) {
      return { ok: false, error: new RpcError("INTERNAL", "The server sent no response") };
    }
    return { ok: true, trailers: metadata };
  }

  /** Resolves a reader with the buffered response or the outcome, or keeps it until one arrives. */
  #give(reader: ResponseReader<O>): void {
    if (this.#response && (this.#method.responseStream || this.#outcome)) {
      reader.resolve({ done: false, value: this.#response.value });
      this.#response = undefined;
      if (!this.#outcome) this.#call.startRead();
    } else if (!this.#outcome) {
      this.#reader = reader;
    } else if (this.#outcome.ok) {
      reader.resolve({ done: true, value: undefined });
    } else {
      reader.reject(this.#outcome.error);
    }
  }

  #iterator(): AsyncIterator<O, undefined> {
    return iterateResponses({
      isAwaited: () => this.#reader !== undefined,
      give: (reader) => this.#give(reader),
      leave: () => this.cancel("CANCELLED", "The caller took no more responses"),
    });
  }

  #ended(): Promise<void> {
    this.#endedPromise ??= Promise.withResolvers();
    if (this.#outcome) this.#endedPromise.resolve();
    return this.#endedPromise.promise;
  }
}

function settle(trailers: PromiseWithResolvers<Metadata>, outcome: Outcome): void {
  if (outcome.ok) trailers.resolve(fromGrpcMetadata(outcome.trailers));
  else trailers.reject(outcome.error);
}
