import { asBuffer, RpcError, type UnaryHandler } from "../../contract/mod.ts";
import { Call } from "./_call.ts";
import { checkHeld, RequestReader } from "./_request_reader.ts";
import type { Workload } from "./_workloads.ts";
import { isOneMessage, PREFIX_LENGTH } from "../mod.ts";

type AnyUnary = UnaryHandler<unknown, unknown>;

/** A call with one request and one response. */
export class UnaryCall extends Call {
  #reader: RequestReader | undefined = undefined;
  #message: Uint8Array | undefined = undefined;
  #workload: Workload | undefined = undefined;
  #request: unknown = undefined;
  #queued = false;
  #messageBytes = 0;
  /** Those of them that the thread counts, while the call waits. */
  #held = 0;

  /** How long the work will take that waits in the queue, as far as is known. */
  get expectedMs(): number {
    return this.#workload?.meanMs ?? this.thread.limits.cheapCallMs;
  }

  /** When the answer is of no use any more, in milliseconds of the thread's clock. */
  get neededBy(): number {
    return this.due;
  }

  override start(): void {}

  override receive(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    // The message is put together here, so the peer may send on: what is held has a limit of its own.
    this.stream.consume(end - start);
    if (this.over) return;
    if (
      last && this.#reader === undefined && isOneMessage(bytes, start, end) &&
      end - start - PREFIX_LENGTH <= this.thread.limits.maxRequestBytes
    ) {
      // A copy: fields of bytes are views of what they were read from, and may outlive this buffer.
      return this.#dispatch(bytes.slice(start + PREFIX_LENGTH, end));
    }
    this.guard(() => {
      const reader = this.#reader ??= new RequestReader(this.thread, this.head.encoding);
      reader.push(bytes, start, end, (message, _, compressed) => this.#take(message, compressed));
      if (last) this.receiveEnd();
    });
  }

  override receiveEnd(): void {
    if (this.over) return;
    this.guard(() => {
      this.#reader?.end();
      if (this.#message === undefined) {
        const message = `Received no request message for the method ${this.method}`;
        throw new RpcError("UNIMPLEMENTED", message);
      }
      this.#dispatch(this.#message);
    });
  }

  override writable(): void {}

  /** Runs the handler, which was waiting for its turn. */
  run(): void {
    if (this.over) return;
    this.#leaveQueue();
    if (this.due <= performance.now()) return this.onDeadline();
    this.#handle(this.#request);
  }

  protected override release(): void {
    this.#leaveQueue();
    this.thread.heldBytes -= this.#held;
    this.#held = 0;
    this.#reader?.release();
    this.#message = undefined;
    this.#request = undefined;
  }

  #take(message: Uint8Array, compressed: boolean): void {
    if (this.#message !== undefined) {
      const text = `Received a second request message for the method ${this.method}`;
      throw new RpcError("UNIMPLEMENTED", text);
    }
    this.#message = message;
    this.requestCompressed = compressed;
  }

  #dispatch(message: Uint8Array): void {
    let request: unknown;
    try {
      checkHeld(this.thread);
    } catch (error) {
      return this.fail(error);
    }
    this.#messageBytes = message.length;
    try {
      request = this.target.deserialize(asBuffer(message));
    } catch (cause) {
      return this.fail(new RpcError("INTERNAL", "Error deserializing request", { cause }));
    }
    const { workloads } = this.target;
    if (workloads === undefined) return this.#handle(request);
    const workload = this.#workload = workloads.of(request);
    if (this.#mayRunNow(workload)) return this.#handle(request);
    const refusal = this.thread.work.push(this.connection, this, this.thread.now);
    if (refusal !== undefined) return this.fail(refusal);
    this.#request = request;
    this.#queued = true;
    workload.waiting++;
    this.#hold();
  }

  /** Whether it is cheap, and neither overtakes others of its class nor keeps what has come waiting. */
  #mayRunNow({ meanMs, waiting }: Workload): boolean {
    return meanMs !== undefined && meanMs <= this.thread.limits.cheapCallMs && waiting === 0 &&
      !this.thread.sliceIsOver(performance.now());
  }

  #hold(): void {
    this.thread.heldBytes += this.#messageBytes - this.#held;
    this.#held = this.#messageBytes;
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
      if (answer instanceof Promise) this.#await(answer);
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

  #await(answer: Promise<unknown>): void {
    if (!this.over) this.#hold();
    this.thread.beginAsync();
    answer.then(
      (response) => this.guard(() => this.#answer(response)),
      (error) => this.fail(error),
    ).finally(() => this.thread.endAsync());
  }
}
