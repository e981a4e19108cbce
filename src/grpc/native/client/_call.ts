import { Buffer } from "node:buffer";
import type { HeaderList, Http2Stream, PreparedHeaders } from "../../../http2/mod.ts";
import {
  type AnyMethod,
  type CallOptions,
  type ClientCall,
  Metadata,
  RpcError,
  StatusCode,
  type StatusName,
} from "../../mod.ts";
import type { ChannelCore } from "./_channel_core.ts";
import { type Ending, Exchange } from "./_exchange.ts";
import { Inbox, type InboxOwner } from "./_inbox.ts";
import { type PreparedMethod, withoutUserAgent } from "./_methods.ts";
import { attemptsHeader, RetryPolicy } from "./_retry.ts";
import { RequestSender, type SenderOwner } from "./_sender.ts";
import type { StreamUser } from "./_transport.ts";
import { formatTimeout, headerNames, metadataFields, metadataOf, PREFIX_LENGTH } from "../mod.ts";

/** How a call of the native client is made. */
export interface NativeCallOptions extends CallOptions {
  /** Which messages are compressed in a call with `compression`: all of them unless said otherwise. */
  readonly compresses?: (request: unknown) => boolean;
}

function always(): boolean {
  return true;
}

/** How a call ended: with trailers, or in error. */
type Outcome =
  | { readonly ok: true; readonly trailers: HeaderList | undefined }
  | { readonly ok: false; readonly error: RpcError };

/**
 * A call of any kind: requests from their source, responses to who takes them, at the pace of both.
 */
export class NativeCall<I, O> extends Exchange implements ClientCall<O>, InboxOwner, SenderOwner {
  readonly responses: AsyncIterable<O>;
  readonly #inbox: Inbox<O>;
  readonly #sender: RequestSender<I>;
  readonly #method: AnyMethod;
  readonly #prepared: PreparedMethod;
  readonly #options: NativeCallOptions;
  readonly #metadata: readonly string[];
  readonly #retries: RetryPolicy;
  readonly #startedAt = Date.now();
  readonly #abort = () =>
    this.#cancel("CANCELLED", "The caller cancelled the call", this.#options.signal?.reason);
  /** Bytes of DATA that are not granted again, and those of messages that wait in the inbox. */
  #arrived = 0;
  #waiting = 0;
  #outcome: Outcome | undefined;
  /** Made when first asked for: most callers look at neither. */
  #headersPromise: PromiseWithResolvers<Metadata> | undefined;
  #trailersPromise: PromiseWithResolvers<Metadata> | undefined;

  /** @param retries how often it may be made again after UNAVAILABLE */
  constructor(
    core: ChannelCore,
    method: AnyMethod,
    prepared: PreparedMethod,
    options: NativeCallOptions,
    retries: number,
  ) {
    super(core, options.waitForReady ?? false);
    const { maxRequestBytes } = core.options;
    this.#method = method;
    this.#prepared = prepared;
    this.#options = options;
    this.#metadata = options.metadata ? metadataFields(withoutUserAgent(options.metadata)) : [];
    this.#retries = new RetryPolicy(retries);
    const compresses = prepared.compression && (options.compresses ?? always);
    this.#sender = new RequestSender(method, compresses, maxRequestBytes, this);
    this.#inbox = new Inbox<O>(!method.responseStream, this);
    this.responses = this.#inbox;
  }

  get headers(): Promise<Metadata> {
    if (!this.#headersPromise) {
      this.#headersPromise = Promise.withResolvers();
      if (this.responseHeaders || this.over) this.#settleHeaders();
    }
    return this.#headersPromise.promise;
  }

  get trailers(): Promise<Metadata> {
    if (!this.#trailersPromise) {
      this.#trailersPromise = Promise.withResolvers();
      // Who asks for them need not look at them once the responses have thrown.
      this.#trailersPromise.promise.catch(() => {});
      this.#settleTrailers();
    }
    return this.#trailersPromise.promise;
  }

  /** Begins to take the requests, and with them the call. */
  start(requests: Iterable<I> | AsyncIterable<I>): void {
    const { signal, deadline = Infinity } = this.#options;
    if (signal?.aborted) return this.#abort();
    const left = deadline - Date.now();
    if (left <= 0) return this.onDue();
    if (left < Infinity) this.core.timers.set(this, performance.now() + left);
    signal?.addEventListener("abort", this.#abort, { once: true });
    this.#sender.start(requests);
  }

  onDue(): void {
    const elapsed = Date.now() - this.#startedAt;
    const time = elapsed < 1
      ? "less than 1 ms"
      : elapsed < 1000
      ? `${elapsed} ms`
      : `${elapsed / 1000} s`;
    const where = this.stream === undefined ? ", waiting for a connection" : "";
    this.#cancel("DEADLINE_EXCEEDED", `Deadline exceeded after ${time}${where}`);
  }

  onRequest(): void {
    if (!this.over) this.core.start(this);
  }

  onSent(): void {
    this.transport?.touch();
  }

  onUnsendable(code: StatusName, message: string, cause?: unknown): void {
    this.#cancel(code, message, cause);
  }

  override onWritable(): void {
    this.#sender.resume();
  }

  onTaken(size: number): void {
    this.#waiting -= size;
    if (this.stream !== undefined && !this.over) this.#grant(this.stream);
  }

  onLeft(): void {
    this.#cancel("CANCELLED", "The caller took no more responses");
  }

  protected override requestHeaders(): PreparedHeaders {
    return this.#prepared.headers;
  }

  protected override requestFields(): readonly string[] {
    const fields = [...this.#metadata];
    const { deadline = Infinity } = this.#options;
    if (deadline < Infinity) fields.push(headerNames.timeout, formatTimeout(deadline - Date.now()));
    const { attempts } = this.#retries;
    if (attempts > 0) fields.push(attemptsHeader, String(attempts));
    return fields;
  }

  protected override send(stream: Http2Stream<StreamUser>): void {
    this.#sender.attach(stream);
  }

  protected override begun(): void {
    this.#sender.commit();
    this.#settleHeaders();
  }

  protected override receive(bytes: Uint8Array, start: number, end: number): void {
    const { responseStream, path } = this.#method;
    if (!responseStream && this.#inbox.length > 0) {
      return this.#cancel("INTERNAL", "The server sent more than one response");
    }
    // The one response of a unary call is not taken before the end: it holds nothing up.
    const size = responseStream ? end - start + PREFIX_LENGTH : 0;
    let response: O;
    try {
      // A copy: messages may keep parts of what they are read from.
      response = this.#method.responseDeserialize(Buffer.from(bytes.subarray(start, end)));
    } catch (cause) {
      return this.#cancel("INTERNAL", `Cannot read a response of ${path}`, cause);
    }
    this.#waiting += size;
    this.#inbox.push(response, size);
  }

  protected override arrived(stream: Http2Stream<StreamUser>, size: number): void {
    this.#arrived += size;
    this.#grant(stream);
  }

  protected override canRepeat(): boolean {
    return this.#sender.canRepeat;
  }

  protected override leaveStream(): void {
    super.leaveStream();
    this.#sender.detach();
    this.#arrived = 0;
  }

  protected override end(ending: Ending): void {
    if (this.over) return;
    const mayRepeat = !ending.final && this.responseHeaders === undefined;
    const wait = mayRepeat ? this.#retries.next(ending) : undefined;
    if (wait === undefined) return super.end(ending);
    this.leaveStream();
    this.core.startLater(this, wait);
  }

  protected override ended({ code, message, trailers, cause }: Ending): void {
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#sender.stop();
    const missing = code === StatusCode.OK && !this.#method.responseStream &&
      this.#inbox.length === 0;
    if (code === StatusCode.OK && !missing) {
      this.#outcome = { ok: true, trailers };
      this.#inbox.end(null);
    } else {
      const error = missing
        ? new RpcError("INTERNAL", "The server sent no response")
        : new RpcError(code, message, {
          metadata: metadataOf(trailers?.fields ?? []),
          ...(cause === undefined ? {} : { cause }),
        });
      this.#outcome = { ok: false, error };
      this.#inbox.end(error);
    }
    this.#settleHeaders();
    this.#settleTrailers();
  }

  #cancel(code: StatusName, message: string, cause?: unknown): void {
    this.end({ code: StatusCode[code], message, cause, final: true });
  }

  /** Grants the server again what came, but for what nobody has taken. */
  #grant(stream: Http2Stream<StreamUser>): void {
    const size = this.#arrived - this.#waiting;
    if (size <= 0) return;
    this.#arrived -= size;
    stream.consume(size);
    this.transport!.touch();
  }

  #settleHeaders(): void {
    this.#headersPromise?.resolve(metadataOf(this.responseHeaders?.fields ?? []));
  }

  #settleTrailers(): void {
    if (this.#outcome?.ok) {
      this.#trailersPromise?.resolve(metadataOf(this.#outcome.trailers?.fields ?? []));
    } else if (this.#outcome) {
      this.#trailersPromise?.reject(this.#outcome.error);
    }
  }
}
