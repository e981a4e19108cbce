/** The options of `bench`, shared by its modes. @module */
import type { KeyType } from "../../crypto/mod.ts";
import type { StackChoice } from "../../grpc/stacks/mod.ts";
import type { SchemaOptions } from "../client/methods/mod.ts";
import type { RequestHeaders } from "../client/mod.ts";
import type { ClientTlsOptions, TokenOptions } from "../client/options/mod.ts";
import type { Assertion, ReportFormat } from "../../bench/mod.ts";

/** The options of `bench` and its subcommands, as commander reads them. Durations are milliseconds. */
export interface BenchOptions extends ClientTlsOptions, TokenOptions, SchemaOptions {
  readonly to?: readonly string[];
  readonly tcp?: readonly string[];
  readonly vsock?: readonly string[];
  readonly unix?: readonly string[];
  readonly header?: readonly string[];
  /** The headers of `header` and `tokenFile`, which are read once; undefined before. */
  readonly headers?: RequestHeaders;
  readonly deadline: number;
  readonly connectTimeout: number;
  readonly lb?: "round_robin" | "pick_first";
  readonly total?: number;
  readonly duration?: number;
  readonly maxDuration?: number;
  readonly concurrency: number;
  readonly connections: number;
  readonly threads: number;
  readonly warmup?: number;
  readonly rps?: number;
  readonly loadSchedule?: "const" | "step" | "line";
  readonly loadStart?: number;
  readonly loadEnd?: number;
  readonly loadStep?: number;
  readonly loadStepDuration?: number;
  readonly loadMaxDuration?: number;
  readonly payload: string;
  readonly manifest?: string;
  readonly audio: number;
  readonly data?: string;
  readonly key?: string;
  readonly keyType?: KeyType;
  readonly algorithm?: string;
  readonly verify?: number;
  readonly stack: StackChoice;
  readonly seed: number;
  readonly serverPid?: number;
  readonly repeat?: number;
  readonly against?: readonly string[];
  readonly interval: number;
  readonly assert?: readonly Assertion[];
  readonly format: ReportFormat;
  readonly output?: string;
  readonly name?: string;
}
