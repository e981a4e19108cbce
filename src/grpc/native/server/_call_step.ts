import type { CostClass, Work, WorkOwner } from "../../scheduling/mod.ts";

/** A step of a call that runs without a pause in the turn of its connection, such as decoding a large request. */
export class CallStep implements Work {
  readonly #call: WorkOwner;
  readonly #costClass: CostClass;
  readonly #unmeasuredMs: number;
  readonly #run: () => void;

  /** @param unmeasuredMs expected milliseconds of a cost class that was not measured yet */
  constructor(call: WorkOwner, costClass: CostClass, unmeasuredMs: number, run: () => void) {
    this.#call = call;
    this.#costClass = costClass;
    this.#unmeasuredMs = unmeasuredMs;
    this.#run = run;
  }

  get pieceMs(): number {
    return this.#costClass.expectedMs ?? this.#unmeasuredMs;
  }

  get expectedMs(): number {
    return this.pieceMs;
  }

  get neededBy(): number {
    return this.#call.neededBy;
  }

  get over(): boolean {
    return this.#call.over;
  }

  waited(ms: number): void {
    this.#call.waited?.(ms);
  }

  run(): boolean {
    this.#run();
    return false;
  }

  drop(): void {}
}
