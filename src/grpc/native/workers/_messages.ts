/** The messages between the main thread and its workers. @module */
import type { Address } from "../../../net/mod.ts";
import type { NativeLimits } from "../server/mod.ts";
import type { SharedMemory } from "./_shared_state.ts";

/** A request of the main thread to a worker. */
export type WorkerRequest =
  /** Start serving: the first request. */
  | {
    readonly kind: "start";
    /** Number of the thread in the shared state. */
    readonly worker: number;
    /** Index of the worker in the pool, by which logs name it. */
    readonly index: number;
    readonly shared: SharedMemory;
    readonly limits: Partial<NativeLimits>;
    /** Processor to pin the thread to. */
    readonly processor: number | undefined;
    /** Passed to the worker's own module, which builds the services. */
    readonly setup: unknown;
  }
  /** Pass a change of the services, such as new keys, to the worker's own module. */
  | { readonly kind: "update"; readonly update: unknown }
  /** Replace limits. */
  | { readonly kind: "limits"; readonly limits: Partial<NativeLimits> }
  /** Accept connections from a listening descriptor. */
  | { readonly kind: "listen"; readonly fd: number; readonly address: Address }
  /** Stop accepting: the listening descriptors are about to be closed. */
  | { readonly kind: "stop-accepting" }
  /** Describe the thread. The result is a `ThreadReport`. */
  | { readonly kind: "inspect" }
  /** Return memory that is kept for the next load. */
  | { readonly kind: "release-memory" }
  /** Report that the server will drain, and count calls from now on. */
  | { readonly kind: "announce-drain" }
  /** Drain the connections. Answered when none is left. */
  | { readonly kind: "drain" }
  /** End the thread. The result is `WorkerCalls`. */
  | { readonly kind: "close" };

/** The calls of a worker since `announce-drain`, or else since `drain`. */
export interface WorkerCalls {
  readonly served: number;
  readonly cut: number;
}

/** A request with the number that its answer repeats. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: WorkerRequest;
}

/** A worker's answer: the request is done, or has failed. */
export interface WorkerAnswer {
  readonly id: number;
  readonly failure?: string | undefined;
  /** The result of a request that has one. */
  readonly result?: unknown;
}

/** The last message of a worker that an uncaught error has ended. Its descriptors are closed. */
export interface WorkerExit {
  /** Message of the error. */
  readonly exitReason: string;
}
