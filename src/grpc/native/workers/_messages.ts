import type { Address } from "../../../net/mod.ts";
import type { NativeLimits } from "../server/mod.ts";
import type { SharedMemory } from "./_shared_state.ts";

/** What the main thread asks of a worker. */
export type WorkerRequest =
  /** To begin: the first message. */
  | {
    readonly kind: "start";
    /** Its number in what is shared. */
    readonly worker: number;
    /** The worker's place in the pool, by which logs call it. */
    readonly place: number;
    readonly shared: SharedMemory;
    readonly limits: Partial<NativeLimits>;
    /** The processor to stay on. */
    readonly processor: number | undefined;
    /** For the worker's own module, which builds the services. */
    readonly setup: unknown;
  }
  /** To take what its services have changed, such as keys: for the worker's own module. */
  | { readonly kind: "update"; readonly update: unknown }
  /** To accept from a listening descriptor. */
  | { readonly kind: "listen"; readonly fd: number; readonly address: Address }
  /** To accept no more: the descriptors are about to be closed. */
  | { readonly kind: "stop-accepting" }
  /** To end its connections gracefully. Answered when there is none. */
  | { readonly kind: "drain" }
  /** To end. */
  | { readonly kind: "close" };

/** A request with the number that its answer has. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: WorkerRequest;
}

/** A worker's answer: that it is done, or why it cannot be. */
export interface WorkerAnswer {
  readonly id: number;
  readonly failure?: string | undefined;
}

/** What a worker says last: an error that nobody caught has ended it, and it has given back what it had. */
export interface LastWords {
  readonly died: string;
}
