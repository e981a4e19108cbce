import type { StackChoice } from "../../grpc/stacks/mod.ts";

/** How results are printed: for people, for programs, or the bytes alone. */
export type OutputForm = "text" | "json" | "raw";

/** The options that every verb of `call` has, as commander reads them. Durations are milliseconds. */
export interface ConnectionOptions {
  readonly to?: readonly string[];
  readonly tcp?: readonly string[];
  readonly vsock?: readonly string[];
  readonly unix?: readonly string[];
  readonly header?: readonly string[];
  readonly deadline?: number;
  readonly connectTimeout?: number;
  readonly waitReady?: boolean;
  readonly retries?: number;
  readonly maxMessageSize?: number;
  readonly lb?: "round_robin" | "pick_first";
  readonly stack?: StackChoice;
  readonly output?: OutputForm;
  readonly verbose?: boolean;
}
