import type { Accounts } from "./_accounts.ts";
import type { CostClass, CostClasses, Lane, WorkQueue } from "../../scheduling/mod.ts";
import type { Deadlines, Timed } from "./_deadlines.ts";
import type { CallObserver, MethodMeter, ServerMeter } from "../../mod.ts";
import type { NativeLimits } from "./limits.ts";

/** A call with a deadline. */
export interface TimedCall extends Timed {
  /** True when the call has ended or was cancelled. */
  readonly over: boolean;
}

/** The part of a thread that its calls use. */
export interface Thread {
  /** The thread's clock in milliseconds, read at the start of the turn or later. */
  readonly now: number;
  /** Reads the thread's clock, in milliseconds. */
  readonly clock: () => number;
  readonly limits: NativeLimits;
  readonly deadlines: Deadlines;
  /** The work that waits for its turn. */
  readonly work: WorkQueue;
  readonly costClasses: CostClasses;
  /** The resources that peers occupy here. */
  readonly accounts: Accounts;
  /** Counts the calls of methods that the server does not have. */
  readonly unknownMethod: MethodMeter | undefined;
  /** Observes the end of each call. */
  readonly observer: CallObserver | undefined;
  /** Counts bytes, limits, and the lateness of timers. */
  readonly meter: ServerMeter | undefined;
  /** Watches the deadline of a new call, if it is still open at the end of the turn. */
  watchDeadline(call: TimedCall): void;
  /** Returns true if work of a connection may run at once, without waiting for its turn. */
  mayRunNow(lane: Lane, costClass: CostClass): boolean;
  /** Returns true if a call that runs at once must be measured. Only a few of the shortest calls are. */
  measures(costClass: CostClass): boolean;
  /** Marks progress. Returns the milliseconds since the last mark: the duration of the work since then. */
  lap(): number;
  /** Runs the waiting work, even if no event arrives. */
  wake(): void;
  /** True when this turn has run for so long that events should be handled. */
  readonly turnIsLong: boolean;
  /** Resolves in the next turn. */
  nextTurn(): Promise<void>;
  /** Counts a handler that has returned a promise: the event loop has to run until it is settled. */
  beginAsync(): void;
  /** Counts down when the promise is settled. */
  endAsync(): void;
}
