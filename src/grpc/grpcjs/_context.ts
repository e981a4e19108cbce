import type { Metadata as GrpcMetadata, ServerUnaryCall } from "@grpc/grpc-js";
import { isLocalPeer, peerIdentity } from "../../net/mod.ts";
import { type CallContext, Metadata, type WorkUnit } from "../mod.ts";
import type { WorkOwner } from "../scheduling/mod.ts";
import { fromGrpcMetadata, toGrpcMetadata } from "./_metadata.ts";
import type { CallWork } from "./_call_work.ts";

/** The part of grpc-js's call objects that all four kinds share. */
export type SurfaceCall =
  & Pick<
    ServerUnaryCall<unknown, unknown>,
    "cancelled" | "metadata" | "getPeer" | "sendMetadata" | "getDeadline" | "getPath"
  >
  & { once(event: "cancelled", listener: () => void): unknown };

/**
 * A handler's view of a grpc-js call. What most handlers never ask for (metadata, an abort signal) is
 * made when it is first asked for.
 */
export class GrpcJsContext implements CallContext, WorkOwner {
  /** grpc-js hands out messages without a word of how they came. */
  readonly requestCompressed = false;
  /** Without effect: grpc-js compresses no responses. */
  compressResponse = false;
  readonly #call: SurfaceCall;
  readonly #work: CallWork;
  #metadata: Metadata | undefined;
  #responseHeaders: Metadata | undefined;
  #responseTrailers: Metadata | undefined;
  #abort: AbortController | undefined;

  constructor(call: SurfaceCall, work: CallWork) {
    this.#call = call;
    this.#work = work;
  }

  get method(): string {
    return this.#call.getPath();
  }

  get peer(): string {
    return this.#call.getPeer();
  }

  get peerIdentity(): string {
    return peerIdentity(this.peer) ?? this.peer;
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

  runInTurn<T>(units: readonly WorkUnit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    return this.#work.run(this.peer, this, units);
  }

  /** Sends the response's headers, if the handler set any; else they go with the first message. */
  sendHeaders(): void {
    if (this.#responseHeaders?.size) {
      this.#call.sendMetadata(toGrpcMetadata(this.#responseHeaders));
      this.#responseHeaders = undefined;
    }
  }

  /** The trailers in grpc-js's form, if the handler set any. */
  takeTrailers(): GrpcMetadata | undefined {
    return this.#responseTrailers?.size ? toGrpcMetadata(this.#responseTrailers) : undefined;
  }
}
