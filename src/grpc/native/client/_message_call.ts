/** A call on messages: any of the four kinds, with iterables of requests and responses. @module */
import { Buffer } from "node:buffer";
import type { HeaderList, PreparedHeaders } from "../../../http2/mod.ts";
import {
  type AnyMethod,
  type CallOptions,
  type ClientCall,
  type ConnectionSecurity,
  formatTimeout,
  Metadata,
  repeatBackoff,
  RpcError,
  StatusCode,
} from "../../mod.ts";
import { headerNames, metadataFields, metadataOf, PREFIX_LENGTH } from "../mod.ts";
import { type Attempt, Call, type CallEnd } from "./_call.ts";
import type { ChannelCore } from "./_channel_core.ts";
import { type PreparedMethod, withoutUserAgent } from "./_prepared_methods.ts";
import { RequestSender } from "./_request_sender.ts";
import { ResponseQueue } from "./_response_queue.ts";

/** Options of a call on a native channel. */
export interface NativeCallOptions extends CallOptions {
  /** Returns true for the requests to compress in a call with `compression`; all by default. */
  readonly compresses?: (request: unknown) => boolean;
}

function always(): boolean {
  return true;
}

/** Trailer of the server with the delay before a retry in milliseconds, or -1 to forbid one (gRFC A6). */
const pushbackHeader = "grpc-retry-pushback-ms";

/** Request header with the number of attempts before this one (gRFC A6). */
const attemptsHeader = "grpc-previous-rpc-attempts";

/** The end of a call, as `headers` and `trailers` report it. */
type Settled =
  | { readonly ok: true; readonly trailers: HeaderList | undefined }
  | { readonly ok: false; readonly error: RpcError };

/**
 * A call that serializes requests and parses responses. Flow control goes through to both ends: requests
 * are drawn as the stream has room, and credit is returned as the application takes responses.
 */
export class MessageCall<I, O> extends Call implements ClientCall<O> {
  readonly responses: AsyncIterable<O>;
  readonly #queue: ResponseQueue<O>;
  readonly #sender: RequestSender;
  readonly #method: AnyMethod;
  readonly #prepared: PreparedMethod;
  readonly #options: NativeCallOptions;
  readonly #metadata: readonly string[];
  readonly #maxRetries: number;
  #retries = 0;
  readonly #startedAt = Date.now();
  readonly #onAbort = () =>
    this.fail("CANCELLED", "The caller cancelled the call", this.#options.signal?.reason);
  #settled: Settled | undefined;
  /** Made by the first access: most callers read neither. */
  #headersPromise: PromiseWithResolvers<Metadata> | undefined;
  #trailersPromise: PromiseWithResolvers<Metadata> | undefined;

  /** @param maxRetries retries after UNAVAILABLE at most */
  constructor(
    core: ChannelCore,
    method: AnyMethod,
    prepared: PreparedMethod,
    options: NativeCallOptions,
    maxRetries: number,
  ) {
    super(core, options.waitForReady ?? false);
    this.#method = method;
    this.#prepared = prepared;
    this.#options = options;
    this.#metadata = options.metadata ? metadataFields(withoutUserAgent(options.metadata)) : [];
    this.#maxRetries = maxRetries;
    const compresses = prepared.compression && (options.compresses ?? always);
    this.#sender = new RequestSender(method, compresses, this);
    this.#queue = new ResponseQueue<O>(!method.responseStream, this);
    this.responses = this.#queue;
  }

  get headers(): Promise<Metadata> {
    if (!this.#headersPromise) {
      this.#headersPromise = Promise.withResolvers();
      if (this.attempt?.responseHeaders || this.over) this.#settleHeaders();
    }
    return this.#headersPromise.promise;
  }

  get trailers(): Promise<Metadata> {
    if (!this.#trailersPromise) {
      this.#trailersPromise = Promise.withResolvers();
      // The error of a failed call is thrown by `responses` too: a caller may ignore this one.
      this.#trailersPromise.promise.catch(() => {});
      this.#settleTrailers();
    }
    return this.#trailersPromise.promise;
  }

  async security(): Promise<ConnectionSecurity | undefined> {
    const tls = this.transport?.tls;
    if (tls === undefined) return undefined;
    // Loaded when asked for: node:crypto is no part of a call.
    const { connectionSecurity } = await import("./_security.ts");
    return connectionSecurity(tls);
  }

  /** Starts the call with its requests. */
  start(requests: Iterable<I> | AsyncIterable<I>): void {
    const { signal, deadline = Infinity } = this.#options;
    if (signal?.aborted) return this.#onAbort();
    const left = deadline - Date.now();
    if (left <= 0) return this.onDue();
    if (left < Infinity) this.core.timers.set(this, performance.now() + left);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#sender.start(requests);
  }

  onDue(): void {
    const elapsed = Date.now() - this.#startedAt;
    const time = elapsed < 1
      ? "less than 1 ms"
      : elapsed < 1000
      ? `${elapsed} ms`
      : `${elapsed / 1000} s`;
    const where = this.attempt === undefined ? `, waiting for ${this.core.awaited}` : "";
    this.fail("DEADLINE_EXCEEDED", `Deadline exceeded after ${time}${where}`);
  }

  override onHeaders(): void {
    this.#sender.commit();
    this.#settleHeaders();
  }

  override onMessage(bytes: Uint8Array, start: number, end: number): void {
    const { responseStream, path } = this.#method;
    if (!responseStream && this.#queue.length > 0) {
      return this.fail("INTERNAL", "The server sent more than one response");
    }
    // The one response of a unary call is taken after the end: its credit is returned at once.
    const size = responseStream ? end - start + PREFIX_LENGTH : 0;
    let response: O;
    try {
      // A copy, because messages may keep parts of the bytes that they are parsed from.
      response = this.#method.responseDeserialize(Buffer.from(bytes.subarray(start, end)));
    } catch (cause) {
      return this.fail("INTERNAL", `Cannot read a response of ${path}`, cause);
    }
    this.hold(size);
    this.#queue.push(response, size);
  }

  override onWritable(): void {
    this.#sender.resume();
  }

  /** Ends the call, or retries it after a delay. */
  override end(end: CallEnd): void {
    if (this.over) return;
    const mayRetry = !end.final && this.attempt?.responseHeaders === undefined;
    const delay = mayRetry ? this.#retryDelay(end) : undefined;
    if (delay === undefined) return super.end(end);
    this.#retries++;
    this.abandonAttempt();
    this.core.startLater(this, delay);
  }

  protected override requestHeaders(): PreparedHeaders {
    return this.#prepared.headers;
  }

  protected override requestFields(): readonly string[] {
    const fields = [...this.#metadata];
    const { deadline = Infinity } = this.#options;
    if (deadline < Infinity) fields.push(headerNames.timeout, formatTimeout(deadline - Date.now()));
    if (this.#retries > 0) fields.push(attemptsHeader, String(this.#retries));
    return fields;
  }

  protected override send(attempt: Attempt): void {
    this.#sender.attach(attempt);
  }

  protected override canRepeat(): boolean {
    return this.#sender.canRepeat;
  }

  protected override abandonAttempt(): void {
    super.abandonAttempt();
    this.#sender.detach();
  }

  protected override onEnd({ code, message, trailers, cause }: CallEnd): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#sender.stop();
    const missing = code === StatusCode.OK && !this.#method.responseStream &&
      this.#queue.length === 0;
    if (code === StatusCode.OK && !missing) {
      this.#settled = { ok: true, trailers };
      this.#queue.end(null);
    } else {
      const error = missing
        ? new RpcError("INTERNAL", "The server sent no response")
        : new RpcError(code, message, {
          metadata: metadataOf(trailers?.fields ?? []),
          ...(cause === undefined ? {} : { cause }),
        });
      this.#settled = { ok: false, error };
      this.#queue.end(error);
    }
    this.#settleHeaders();
    this.#settleTrailers();
  }

  /** Returns the milliseconds before the next attempt, or undefined when there is to be none (gRFC A6). */
  #retryDelay({ code, trailers }: CallEnd): number | undefined {
    if (code !== StatusCode.UNAVAILABLE || this.#retries >= this.#maxRetries) return undefined;
    const pushback = trailers?.get(pushbackHeader);
    if (pushback !== undefined) return /^[0-9]{1,9}$/.test(pushback) ? Number(pushback) : undefined;
    const { initial, max, multiplier } = repeatBackoff;
    return Math.random() * Math.min(max, initial * multiplier ** this.#retries);
  }

  #settleHeaders(): void {
    this.#headersPromise?.resolve(metadataOf(this.attempt?.responseHeaders?.fields ?? []));
  }

  #settleTrailers(): void {
    if (this.#settled?.ok) {
      this.#trailersPromise?.resolve(metadataOf(this.#settled.trailers?.fields ?? []));
    } else if (this.#settled) {
      this.#trailersPromise?.reject(this.#settled.error);
    }
  }
}
