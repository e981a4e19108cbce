import type { LoadPlan } from "./plan.ts";
import type { Share } from "../pacer/mod.ts";

/** What the main thread asks of a load thread. */
export type Order =
  | {
    readonly kind: "prepare";
    readonly plan: LoadPlan;
    readonly share: Share;
    readonly collector: SharedArrayBuffer;
    readonly control: SharedArrayBuffer;
  }
  /** Begin at a time in milliseconds since 1970. */
  | { readonly kind: "begin"; readonly at: number };

/** What a load thread answers, each once. */
export type Answer =
  /** It is connected, and waits for the order to begin. */
  | { readonly kind: "ready" }
  | {
    readonly kind: "failed";
    readonly message: string;
    /** The status of a gRPC error. */
    readonly status: number | undefined;
    /** The error of the network that caused it. */
    readonly cause: { readonly code: string } | undefined;
  }
  | {
    readonly kind: "done";
    /** When, in milliseconds since 1970. */
    readonly at: number;
    readonly messages: readonly (readonly [string, number])[];
  };
