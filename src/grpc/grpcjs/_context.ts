/** The context of a handler on grpc-js. @module */
import type { Metadata as GrpcMetadata, ServerUnaryCall } from "@grpc/grpc-js";
import { isLocalPeer } from "../../net/mod.ts";
import { type CallContext, type Caller, Metadata, type WorkUnit } from "../mod.ts";
import type { WorkOwner } from "../scheduling/mod.ts";
import { fromGrpcMetadata, toGrpcMetadata } from "./_metadata.ts";
import type { CallWork } from "./_call_work.ts";
import type { CalledConnection, CallRecord } from "./_call_record.ts";

/** The members that grpc-js's call objects of all four kinds share. */
export type SurfaceCall =
  & Pick<
    ServerUnaryCall<unknown, unknown>,
    "cancelled" | "metadata" | "sendMetadata" | "getDeadline" | "getPath"
  >
  & { once(event: "cancelled", listener: () => void): unknown };

/**
 * The `CallContext` of a grpc-js call. Metadata and the abort signal, which most handlers do not use, are created
 * at the first use.
 */
export class GrpcJsContext implements CallContext, WorkOwner {
  /** Always false: grpc-js does not report whether a message was compressed. */
  readonly requestCompressed = false;
  /** Has no effect: grpc-js servers do not compress responses. */
  compressResponse = false;
  readonly #call: SurfaceCall;
  readonly #work: CallWork;
  readonly #connection: CalledConnection;
  readonly #record: CallRecord;
  caller: Caller;
  #metadata: Metadata | undefined;
  #responseHeaders: Metadata | undefined;
  #responseTrailers: Metadata | undefined;
  #abort: AbortController | undefined;

  /** @param headers headers of every response */
  constructor(
    call: SurfaceCall,
    work: CallWork,
    headers: Metadata | undefined,
    record: CallRecord,
  ) {
    this.#call = call;
    this.#record = record;
    this.#work = work;
    this.#connection = record.connection;
    this.caller = this.#connection.caller;
    if (headers !== undefined) this.#responseHeaders = new Metadata(headers);
    record.started(this);
  }

  get method(): string {
    return this.#call.getPath();
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get peerIdentity(): string {
    return this.#connection.identity ?? this.peer;
  }

  get peerIsLocal(): boolean {
    return isLocalPeer(this.peer);
  }

  get metadata(): Metadata {
    return this.#metadata ??= fromGrpcMetadata(this.#call.metadata);
  }

  get deadline(): number | undefined {
    const deadline = Number(this.#call.getDeadline());
    return Number.isFinite(deadline) ? deadline : undefined;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      const abort = this.#abort = new AbortController();
      if (this.#call.cancelled) abort.abort();
      else this.#call.once("cancelled", () => abort.abort());
    }
    return this.#abort.signal;
  }

  get responseHeaders(): Metadata {
    return this.#responseHeaders ??= new Metadata();
  }

  get responseTrailers(): Metadata {
    return this.#responseTrailers ??= new Metadata();
  }

  get over(): boolean {
    return this.#call.cancelled;
  }

  get neededBy(): number {
    const { deadline } = this;
    return deadline === undefined ? Infinity : deadline - Date.now() + performance.now();
  }

  waited(ms: number): void {
    this.#record.waited(ms);
  }

  /** Records the end of the call: with an error, or else with success. */
  ended(error?: unknown): void {
    this.#record.ended(error);
  }

  runInTurn<T>(units: readonly WorkUnit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    return this.#work.run(this.peer, this, units);
  }

  /** Sends the response headers that the handler has set. Without any, grpc-js sends headers with the first message. */
  sendHeaders(): void {
    if (this.#responseHeaders?.size) {
      this.#call.sendMetadata(toGrpcMetadata(this.#responseHeaders));
      this.#responseHeaders = undefined;
    }
  }

  /** Returns the trailers that the handler has set, as grpc-js's metadata. */
  takeTrailers(): GrpcMetadata | undefined {
    return this.#responseTrailers?.size ? toGrpcMetadata(this.#responseTrailers) : undefined;
  }
}
