/** The options of a running load, its progress and its result. @module */
import type { Collector, Window } from "../collector/mod.ts";
import type { ResourceFigures } from "../resources/mod.ts";
import type { SharedTls } from "../../net/mod.ts";
import type { LoadPlan } from "./plan.ts";

/** The progress of a load. Valid during the callback only. */
export interface Progress {
  /** Milliseconds since the start of the measurement; negative during the warm-up. */
  readonly elapsed: number;
  readonly collector: Collector;
  /** The measurements since the previous callback. */
  readonly window: Window;
}

/** Options of a load. */
export interface RunOptions {
  /** The process id of the server, if it is on this machine. */
  readonly serverPid?: number | undefined;
  /** Returns TLS settings for one load of one thread; plaintext by default. */
  readonly tls?: (() => SharedTls) | undefined;
  /** Ends the load early when aborted. The result has the measurements until then. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The result of a load. */
export interface LoadResult {
  /** The number of slices, if the load was made in slices. The windows are then the slices. */
  readonly slices?: number;
  readonly plan: LoadPlan;
  /** The start of the measurement. */
  readonly date: Date;
  /** Milliseconds from the start to the last response. */
  readonly elapsed: number;
  readonly collector: Collector;
  readonly windows: readonly Window[];
  readonly messages: readonly (readonly [text: string, count: number])[];
  readonly interrupted: boolean;
  readonly resources: ResourceFigures;
  /** The requests that ended while the CPU time in `resources` was counted: all, or all but the first. */
  readonly counted: number;
}
