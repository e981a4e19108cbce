import type { Work, Workload, WorkOwner } from "../../scheduling/mod.ts";

/** A step of a call that is done at a stretch in the turn of its connection, such as decoding a large request. */
export class CallStep implements Work {
  readonly #call: WorkOwner;
  readonly #workload: Workload;
  readonly #unmeasuredMs: number;
  readonly #run: () => void;

  /** @param unmeasuredMs expected milliseconds of a workload that was not measured yet */
  constructor(call: WorkOwner, workload: Workload, unmeasuredMs: number, run: () => void) {
    this.#call = call;
    this.#workload = workload;
    this.#unmeasuredMs = unmeasuredMs;
    this.#run = run;
  }

  get pieceMs(): number {
    return this.#workload.meanMs ?? this.#unmeasuredMs;
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

  run(): boolean {
    this.#run();
    return false;
  }

  drop(): void {}
}
