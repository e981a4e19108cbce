import type { StackChoice } from "../../../grpc/stacks/mod.ts";
import type { ClientTlsOptions } from "./tls.ts";
import type { TokenOptions } from "./token.ts";

/** The form of a result: text for people, JSON for programs, or its bytes alone. */
export type OutputForm = "text" | "json" | "raw";

/** The options of every verb of `call`, as commander parses them. Durations are milliseconds, sizes bytes. */
export interface ConnectionOptions extends ClientTlsOptions, TokenOptions {
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
