import type { Stack } from "../../grpc/stacks/mod.ts";
import type { AlgorithmName, SignatureFormat } from "../../crypto/mod.ts";

/** What each request is. It is the same every time. */
export type Workload =
  /** A unary method, its request in its serialized form. */
  | {
    readonly kind: "unary";
    readonly path: string;
    readonly request: Uint8Array;
    readonly verify?: Verification;
  }
  /** A method that streams, either way or both: the requests, serialized, and all of its responses. */
  | {
    readonly kind: "stream";
    readonly path: string;
    readonly requests: readonly Uint8Array[];
    readonly requestStream: boolean;
    readonly responseStream: boolean;
  }
  /** A connection that is made, up to the server's SETTINGS, and closed. */
  | { readonly kind: "connect" };

/** How the signatures of a load are checked. */
export interface Verification {
  /** The share of them that is, from 0 to 1. */
  readonly share: number;
  /** The public key as a SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
  readonly algorithm: AlgorithmName;
  readonly format: SignatureFormat;
  readonly message: Uint8Array;
}

/** How requests are paced. Rates are requests a second, durations milliseconds. */
export type Pacing =
  /** The next when one has ended. */
  | { readonly kind: "closed" }
  | { readonly kind: "constant"; readonly rate: number }
  | {
    readonly kind: "step";
    readonly start: number;
    readonly end: number;
    readonly step: number;
    readonly stepDuration: number;
  }
  | {
    readonly kind: "ramp";
    readonly start: number;
    readonly end: number;
    readonly duration: number;
  };

/** A load, in plain data that can be posted to threads. Times are milliseconds. */
export interface LoadPlan {
  readonly workload: Workload;
  readonly pacing: Pacing;
  /** Where the servers are. */
  readonly addresses: readonly string[];
  readonly stack: Stack;
  /** Measured requests; Infinity for no such end. */
  readonly requests: number;
  /** Measured time; Infinity for no such end. */
  readonly duration: number;
  readonly warmup: number;
  /** Requests under way at once, in all. */
  readonly concurrency: number;
  /** Connections to each address, in all. */
  readonly connections: number;
  readonly threads: number;
  /** The limit of one request; 0 for none. */
  readonly deadline: number;
  readonly connectTimeout: number;
  readonly balancing: "round_robin" | "pick_first" | undefined;
  readonly userAgent: string;
  readonly metadata: readonly (readonly [string, string | Uint8Array])[];
  /** Of what is drawn at random. */
  readonly seed: number;
}

/** The part of `total` that is a thread's: the first threads have one more where it cannot be even. */
export function shareOf(total: number, thread: number, threads: number): number {
  return Math.floor(total / threads) + (thread < total % threads ? 1 : 0);
}
