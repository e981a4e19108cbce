/** HTTP/2 streams of methods with one request. @module */
import type { Buffer } from "node:buffer";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { formatTimeout, OVERLOAD_RETRY_MS, overloaded, parseTimeout, StatusCode } from "../mod.ts";
import { PREFIX_BYTES } from "./_byte_queue.ts";
import { HeldStream, type StreamHost } from "./_held_stream.ts";
import { CUT_OFF, type GrpcRefusal, refusalOf } from "./_request_check.ts";
import type { Waiting } from "./_turns.ts";

const heldTooMuch = refusalOf(overloaded("Too many requests are held here", OVERLOAD_RETRY_MS));

/** The stream of a method with a single request. */
export class SingleRequestStream extends HeldStream implements Waiting {
  readonly #headers: IncomingHttpHeaders;
  readonly #began = performance.now();
  readonly #timeout: number;
  /** Time at which the request was complete. */
  #completedAt = Infinity;
  #over = false;
  /** An upper bound of the inflated message and a response of the same size. */
  #inflated = 0;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, host: StreamHost) {
    super(stream, host);
    this.#headers = headers;
    this.#timeout = parseTimeout(String(headers["grpc-timeout"])) ?? Infinity;
    host.incomplete.add(this);
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("end", () => this.#complete());
  }

  isReady(): boolean {
    const { budget } = this.host;
    return !budget.isBlocked() && (this.#inflated === 0 || budget.hasRoom(this.#inflated));
  }

  start(): void {
    const waitedMs = performance.now() - this.#completedAt;
    if (waitedMs > 0) this.host.record.waited(waitedMs);
    this.#settle();
    if (this.stream.destroyed || this.stream.closed) return;
    this.hold(this.queue.capacity + this.#inflated);
    if (this.#timeout !== Infinity) {
      this.#headers["grpc-timeout"] = formatTimeout(
        this.#began + this.#timeout - performance.now(),
      );
    }
    this.host.next(this as unknown as ServerHttp2Stream, this.#headers);
    if (this.queue.length > 0) this.onData?.(this.queue.take(this.queue.length));
    this.onEnd?.();
  }

  override pause(): this {
    return this;
  }

  override resume(): this {
    return this;
  }

  protected override released(): void {
    this.#settle();
    this.host.turns.remove(this.host.budget, this);
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    this.queue.push(chunk);
    const { maxRequestBytes, meter } = this.host;
    if (this.isTooLarge()) {
      meter?.limit("maxRequestBytes");
      return this.start();
    }
    if (this.queue.length > 2 * (PREFIX_BYTES + maxRequestBytes)) return this.#refuseSecond();
    if (!this.mayHold(this.queue.capacity)) return this.#exhausted();
    this.hold(this.queue.capacity);
  }

  #complete(): void {
    if (this.#over) return;
    const first = this.queue.firstMessage;
    if (first !== undefined && this.queue.length > first) return this.#refuseSecond();
    if (this.isCutOff()) return this.#refuse(CUT_OFF);
    this.#inflated = 2 * this.inflated();
    // May start it at once: then it has not waited.
    this.host.turns.push(this.host.budget, this);
    if (!this.#over) this.#completedAt = performance.now();
  }

  /** Refuses the request if it has not been started in time. Called about once a second. */
  checkAge(now: number): void {
    const limit = Math.min(this.#timeout, this.host.limits.maxRequestMs);
    if (now - this.#began < limit) return;
    if (limit < this.#timeout) this.host.meter?.limit("maxRequestMs");
    this.#refuse({
      kind: "grpc",
      code: StatusCode.DEADLINE_EXCEEDED,
      message: "The request did not end in time",
    });
  }

  #refuseSecond(): void {
    this.#refuse({
      kind: "grpc",
      code: StatusCode.UNIMPLEMENTED,
      message: `Received a second request message for the method ${this.#headers[":path"]}`,
    });
  }

  #exhausted(): void {
    this.host.meter?.limit("maxHeldBytes");
    this.#refuse(heldTooMuch);
  }

  #refuse(refusal: GrpcRefusal): void {
    this.#settle();
    this.queue.clear();
    this.hold(0);
    this.host.turns.remove(this.host.budget, this);
    if (this.stream.destroyed || this.stream.closed) return;
    this.refuseWith(refusal);
  }

  #settle(): void {
    this.#over = true;
    this.host.incomplete.delete(this);
  }
}
