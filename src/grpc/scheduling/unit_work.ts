/** The work of one call in units: the call itself, the items of a batch, or the requests of a stream. @module */
import type { WorkUnit } from "../mod.ts";
import { RpcError } from "../mod.ts";
import type { Work } from "./work.ts";
import type { CostClass, CostClasses } from "./cost_classes.ts";

/** The parts of a call that its work needs. */
export interface WorkOwner {
  /** True when the call has ended or was cancelled. */
  readonly over: boolean;
  /** The call's deadline on the clock of `performance.now()`; `Infinity` for none. */
  readonly neededBy: number;
  /** Called when the work has waited for its first turn. */
  waited?(ms: number): void;
}

/** The most units that `probe()` runs: more than there are types of keys. */
const MAX_PROBES = 8;

/** Units of work of one call, run one by one in the turns of its lane. */
export class UnitWork<T> implements Work {
  readonly #owner: WorkOwner;
  readonly #units: readonly WorkUnit<T>[];
  readonly #costClasses: readonly CostClass[];
  /** Units that are left of each cost class. */
  readonly #left = new Map<CostClass, number>();
  readonly #unmeasuredMs: number;
  readonly #results: PromiseSettledResult<T>[] = [];
  /** Index of the next unit that may lack a result. */
  #next = 0;
  #hasWaited = false;
  readonly #done = Promise.withResolvers<readonly PromiseSettledResult<T>[]>();

  /** @param unmeasuredMs expected milliseconds of a unit whose cost class has no measurement */
  constructor(
    owner: WorkOwner,
    units: readonly WorkUnit<T>[],
    costClasses: CostClasses,
    unmeasuredMs: number,
  ) {
    this.#owner = owner;
    this.#units = units;
    this.#unmeasuredMs = unmeasuredMs;
    this.#costClasses = units.map(({ costClass }) => costClasses.of(costClass));
    for (const costClass of this.#costClasses) {
      this.#left.set(costClass, (this.#left.get(costClass) ?? 0) + 1);
    }
  }

  /** Resolves to the results and errors of all units; rejects when the call ends before. */
  get done(): Promise<readonly PromiseSettledResult<T>[]> {
    return this.#done.promise;
  }

  get pieceMs(): number {
    return this.isDone ? 0 : this.#expected(this.#costClasses[this.#next]);
  }

  get isDone(): boolean {
    return this.#next === this.#units.length;
  }

  get expectedMs(): number {
    let sum = 0;
    for (const [costClass, count] of this.#left) sum += count * this.#expected(costClass);
    return sum;
  }

  get neededBy(): number {
    return this.#owner.neededBy;
  }

  get over(): boolean {
    return this.#owner.over;
  }

  /**
   * Runs a unit of each cost class that was never measured, at once: without it 100 batches would be taken for short and
   * admitted together.
   */
  probe(): void {
    for (let i = 0, probes = 0; i < this.#units.length && probes < MAX_PROBES; i++) {
      if (this.#costClasses[i].meanMs !== undefined) continue;
      this.#runUnit(i);
      probes++;
    }
    this.#advance();
  }

  waited(ms: number): void {
    if (!this.#hasWaited) this.#owner.waited?.(ms);
    this.#hasWaited = true;
  }

  run(): boolean {
    this.#runUnit(this.#next);
    this.#advance();
    return !this.isDone;
  }

  drop(): void {
    this.#done.reject(new RpcError("CANCELLED", "The caller left before its work was done"));
  }

  #runUnit(index: number): void {
    const costClass = this.#costClasses[index];
    const began = performance.now();
    try {
      this.#results[index] = { status: "fulfilled", value: this.#units[index].run() };
      // A unit that fails may take far less than its cost class does.
      costClass.record(performance.now() - began);
    } catch (reason) {
      this.#results[index] = { status: "rejected", reason };
    }
    this.#left.set(costClass, this.#left.get(costClass)! - 1);
  }

  /** Advances to the next unit without a result. */
  #advance(): void {
    while (this.#results[this.#next] !== undefined) this.#next++;
    if (this.isDone) this.#done.resolve(this.#results);
  }

  #expected(costClass: CostClass): number {
    return costClass.expectedMs ?? this.#unmeasuredMs;
  }
}
