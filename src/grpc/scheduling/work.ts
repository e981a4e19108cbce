/** Work that waits for its turn. */
export interface Work {
  /** Expected milliseconds of the next piece. */
  readonly pieceMs: number;
  /** Expected milliseconds of all pieces that are left. */
  readonly expectedMs: number;
  /** The time at which it is of no use any more, on the clock of `performance.now()`. */
  readonly neededBy: number;
  /** True when nobody waits for it any more. */
  readonly over: boolean;
  /** Does the next piece. True when there are more. Does not throw. */
  run(): boolean;
  /** Called in place of `run()` when the work is over. */
  drop(): void;
}
