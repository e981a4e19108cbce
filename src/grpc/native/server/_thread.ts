import type { Accounts } from "./_accounts.ts";
import type { Lane, Workload, Workloads, WorkQueue } from "../../scheduling/mod.ts";
import type { Deadlines, Timed } from "./_deadlines.ts";
import type { MetadataHeaders } from "./_responses.ts";
import type { NativeLimits } from "./limits.ts";

/** A call, as far as its deadline goes. */
export interface TimedCall extends Timed {
  /** Nobody waits for it any more. */
  readonly over: boolean;
}

/** What the calls of one thread share. */
export interface Thread {
  /** The thread's clock, in milliseconds, as it was when this turn looked at it. */
  readonly now: number;
  readonly limits: NativeLimits;
  readonly deadlines: Deadlines;
  readonly metadataHeaders: MetadataHeaders;
  /** The work that waits for its turn. */
  readonly work: WorkQueue;
  readonly workloads: Workloads;
  /** The resources that peers occupy here. */
  readonly accounts: Accounts;
  /** A call that is open at the end of the turn in which it came: it needs its deadline watched. */
  watchDeadline(call: TimedCall): void;
  /** Reports whether work of a connection may be done at once, and need not wait for its turn. */
  mayRunNow(lane: Lane, workload: Workload): boolean;
  /** Marks progress. Gives the milliseconds since the last mark, which the work since then has taken. */
  lap(): number;
  /** Has the work that waits done, although no event has come. */
  wake(): void;
  /** Whether what is done without a look at what has come takes long by now. */
  readonly turnIsLong: boolean;
  /** Resolves in the next turn. */
  nextTurn(): Promise<void>;
  /** A handler has begun to answer with a promise: the event loop has to run until it is done. */
  beginAsync(): void;
  /** It is done, in whichever way. */
  endAsync(): void;
}
