import type { SharedTls } from "../../net/mod.ts";
import type { LoadPlan } from "./plan.ts";
import type { Share } from "../pacer/mod.ts";

/** A message from the main thread to a load thread. */
export type Order =
  /** Connect for a load. A thread makes any number of loads, one after the other. */
  | {
    readonly kind: "prepare";
    readonly plan: LoadPlan;
    readonly share: Share;
    readonly collector: SharedArrayBuffer;
    readonly control: SharedArrayBuffer;
    /** TLS settings for this load of this thread alone; undefined for plaintext. */
    readonly tls: SharedTls | undefined;
  }
  /** Start at a time on the shared clock, in milliseconds. */
  | { readonly kind: "begin"; readonly at: number };

/** A message from a load thread. Each kind is sent at most once for a load. */
export type Answer =
  /** The thread is connected and waits for `begin`. */
  | { readonly kind: "ready" }
  | {
    readonly kind: "failed";
    readonly message: string;
    /** The status of a gRPC error. */
    readonly status: number | undefined;
    /** The network error that caused it. */
    readonly cause: { readonly code: string } | undefined;
  }
  /** The load is made, and its connections are closed. */
  | {
    readonly kind: "done";
    /** The time of the end on the shared clock, in milliseconds. */
    readonly at: number;
    readonly messages: readonly (readonly [string, number])[];
  };
