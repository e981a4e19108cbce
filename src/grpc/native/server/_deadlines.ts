import { type Due, DueHeap } from "../../scheduling/mod.ts";

/** What has a deadline, in milliseconds of the thread's clock. */
export interface Timed extends Due {
  /** The deadline has passed. */
  onDeadline(): void;
}

/** The deadlines of a thread's calls, the next one first. */
export class Deadlines extends DueHeap<Timed> {
  /** Takes out what is over at `now`, and tells it. */
  expire(now: number): void {
    for (let timed; (timed = this.takeDue(now)) !== undefined;) timed.onDeadline();
  }
}
