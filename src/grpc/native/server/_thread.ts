import type { Accounts } from "./_accounts.ts";
import type { Deadlines, Timed } from "./_deadlines.ts";
import type { MetadataHeaders } from "./_responses.ts";
import type { Work, WorkQueue } from "./_work_queue.ts";
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
  /** Calls whose work is long, in the order of their turns. */
  readonly work: WorkQueue<Work>;
  /** The resources that peers occupy here. */
  readonly accounts: Accounts;
  /** A call that is open at the end of the turn in which it came: it needs its deadline watched. */
  watchDeadline(call: TimedCall): void;
  /** Whether calls that are not free have run for long enough since the thread last looked what came. */
  sliceIsOver(now: number): boolean;
  /** Whether what is done without a look at what has come takes long by now. */
  readonly turnIsLong: boolean;
  /** Resolves in the next turn. */
  nextTurn(): Promise<void>;
  /** A handler has begun to answer with a promise: the event loop has to run until it is done. */
  beginAsync(): void;
  /** It is done, in whichever way. */
  endAsync(): void;
}
