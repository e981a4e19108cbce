/** The plan of a load, as data. @module */
import type { Stack } from "../../grpc/stacks/mod.ts";
import type { AlgorithmName, SignatureFormat } from "../../crypto/mod.ts";

/** The operation of which a load consists. All requests are equal. */
export type Workload =
  /** A unary method with its serialized request. */
  | {
    readonly kind: "unary";
    readonly path: string;
    readonly request: Uint8Array;
    readonly verify?: Verification;
  }
  /** A streaming method with its serialized requests. All responses are read. */
  | {
    readonly kind: "stream";
    readonly path: string;
    readonly requests: readonly Uint8Array[];
    readonly requestStream: boolean;
    readonly responseStream: boolean;
  }
  /** Opens a connection, up to the server's SETTINGS, and closes it. */
  | { readonly kind: "connect" };

/** The verification of the signatures of a load. */
export interface Verification {
  /** The share of signatures that are verified, from 0 to 1. */
  readonly share: number;
  /** The public key as a SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
  readonly algorithm: AlgorithmName;
  readonly format: SignatureFormat;
  readonly message: Uint8Array;
}

/** The pacing of requests. Rates are in requests a second, durations in milliseconds. */
export type Pacing =
  /** Each slot sends its next request when the previous one has ended. */
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

/** A load as plain data that can be posted to threads. Times are in milliseconds. */
export interface LoadPlan {
  readonly workload: Workload;
  readonly pacing: Pacing;
  /** The addresses of the servers. */
  readonly addresses: readonly string[];
  readonly stack: Stack;
  /** The number of measured requests; Infinity for no limit. */
  readonly requests: number;
  /** The measured time; Infinity for no limit. */
  readonly duration: number;
  readonly warmup: number;
  /** Concurrent requests of all threads. */
  readonly concurrency: number;
  /** Connections of all threads to each address. */
  readonly connections: number;
  readonly threads: number;
  /** The deadline of a request; 0 for none. */
  readonly deadline: number;
  readonly connectTimeout: number;
  readonly balancing: "round_robin" | "pick_first" | undefined;
  /** Connections are over TLS, by the settings of `RunOptions.tls`. */
  readonly tls: boolean;
  /** The `:authority` of calls and the name in the server's certificate; undefined for the default. */
  readonly authority: string | undefined;
  readonly userAgent: string;
  readonly metadata: readonly (readonly [string, string | Uint8Array])[];
  /** The seed of random choices. */
  readonly seed: number;
}

/** Returns a thread's share of `total`. The first threads have one more if the shares are not even. */
export function shareOf(total: number, thread: number, threads: number): number {
  return Math.floor(total / threads) + (thread < total % threads ? 1 : 0);
}
