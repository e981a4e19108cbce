import { asBuffer, RpcError, type UnaryHandler } from "../../mod.ts";
import { Call } from "./_call.ts";
import { decodedSize } from "./_decoded_size.ts";
import { SingleRequest } from "./_single_request.ts";
import type { Workload } from "./_workloads.ts";
import { isOneMessage, PREFIX_LENGTH } from "../mod.ts";

type AnyUnary = UnaryHandler<unknown, unknown>;

/** A call with one request and one response. */
export class UnaryCall extends Call {
  /** The request, when it does not come as one frame. */
  #incoming: SingleRequest | undefined = undefined;
  /** Memory of the bytes that the request was decoded from. */
  #messageBytes = 0;
  #workload: Workload | undefined = undefined;
  #request: unknown = undefined;
  #queued = false;
  #complete = false;

  /** How long the work will take that waits in the queue, as far as is known. */
  get expectedMs(): number {
    return this.#workload?.meanMs ?? this.thread.limits.cheapCallMs;
  }

  protected override get awaitsRequest(): boolean {
    return !this.#complete;
  }

  /** When the answer is of no use any more, in milliseconds of the thread's clock. */
  get neededBy(): number {
    return this.due;
  }

  override start(): void {}

  override receive(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    // Held bytes have a limit of their own, so the peer may send on.
    this.stream.consume(end - start);
    if (this.over) return;
    const { maxRequestBytes } = this.thread.limits;
    if (
      last && this.#incoming === undefined && isOneMessage(bytes, start, end) &&
      end - start - PREFIX_LENGTH <= maxRequestBytes
    ) {
      // A copy: fields of bytes are views of what they were read from, and may outlive this buffer.
      return this.#dispatch(bytes.slice(start + PREFIX_LENGTH, end));
    }
    this.guard(() => {
      const { held, head, method } = this;
      this.#incoming ??= new SingleRequest(held, head.encoding, maxRequestBytes, method);
      this.#incoming.push(bytes, start, end);
      if (last) this.receiveEnd();
    });
  }

  override receiveEnd(): void {
    if (this.over) return;
    this.guard(() => {
      const { held, head, method } = this;
      this.#incoming ??= new SingleRequest(held, head.encoding, 0, method);
      const { bytes, compressed } = this.#incoming.end();
      this.requestCompressed = compressed;
      this.#dispatch(bytes);
    });
  }

  override writable(): void {}

  /** Runs the handler, which was waiting for its turn. */
  run(): void {
    if (this.over) return;
    this.#leaveQueue();
    this.held.setBuffered(0);
    if (this.due <= performance.now()) return this.onDeadline();
    this.#handle(this.#request);
  }

  protected override release(): void {
    this.#leaveQueue();
    this.#incoming?.release();
    this.#request = undefined;
  }

  #dispatch(message: Uint8Array): void {
    this.#complete = true;
    this.#messageBytes = message.buffer.byteLength;
    let request: unknown;
    try {
      request = this.target.deserialize(asBuffer(message));
    } catch (cause) {
      return this.fail(new RpcError("INTERNAL", "Error deserializing request", { cause }));
    }
    const { workloads } = this.target;
    if (workloads === undefined) return this.#handle(request);
    const workload = this.#workload = workloads.of(request);
    if (this.#mayRunNow(workload)) return this.#handle(request);
    this.guard(() => {
      this.held.setBuffered(this.#sizeOf(request));
      const refusal = this.thread.work.push(this.connection, this, this.thread.now);
      if (refusal !== undefined) throw refusal;
      this.#request = request;
      this.#queued = true;
      workload.waiting++;
    });
  }

  #sizeOf(request: unknown): number {
    return this.#messageBytes + decodedSize(request);
  }

  /** Whether it is cheap, and neither overtakes others of its class nor keeps what has come waiting. */
  #mayRunNow({ meanMs, waiting }: Workload): boolean {
    return meanMs !== undefined && meanMs <= this.thread.limits.cheapCallMs && waiting === 0 &&
      !this.thread.sliceIsOver(performance.now());
  }

  #leaveQueue(): void {
    if (!this.#queued) return;
    this.#queued = false;
    this.#workload!.waiting--;
  }

  #handle(request: unknown): void {
    const workload = this.#workload;
    const began = workload === undefined ? 0 : performance.now();
    try {
      const answer = (this.target.handler as AnyUnary).handle(request, this);
      workload?.record(performance.now() - began);
      if (answer instanceof Promise) this.#await(answer, request);
      else this.#answer(answer);
    } catch (error) {
      workload?.record(performance.now() - began);
      this.fail(error);
    }
  }

  #answer(response: unknown): void {
    if (this.over) return;
    this.sendMessage(response);
    this.finish();
  }

  #await(answer: Promise<unknown>, request: unknown): void {
    this.beginAsync();
    answer.then(
      (response) => this.guard(() => this.#answer(response)),
      (error) => this.fail(error),
    ).finally(() => this.endAsync());
    if (!this.over) this.guard(() => this.held.setHandedOut(this.#sizeOf(request)));
  }
}
