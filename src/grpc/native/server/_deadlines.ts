import { type Due, DueHeap } from "../../scheduling/mod.ts";

/** An object with a deadline, in milliseconds of the thread's clock. */
export interface Timed extends Due {
  /** Called when the deadline has passed. */
  onDeadline(): void;
}

/** The deadlines of a thread's calls, the earliest first. */
export class Deadlines extends DueHeap<Timed> {
  /** Removes each object whose deadline has passed at `now`, and calls its `onDeadline()`. */
  expire(now: number): void {
    for (let timed; (timed = this.takeDue(now)) !== undefined;) timed.onDeadline();
  }
}
