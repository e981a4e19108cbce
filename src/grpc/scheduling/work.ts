/** Work that waits for its turn. */
export interface Work {
  /** Expected milliseconds of the next piece. */
  readonly pieceMs: number;
  /** Expected milliseconds of all pieces that are left. */
  readonly expectedMs: number;
  /** The deadline of the work, on the clock of `performance.now()`. */
  readonly neededBy: number;
  /** True when the next piece should run before other expensive work of the connection, because it waits in memory. */
  readonly isFirst?: boolean;
  /** True when the call of the work has ended or was cancelled. */
  readonly over: boolean;
  /** Called before `run()`, with the milliseconds for which the piece has waited. */
  waited?(ms: number): void;
  /** Runs the next piece. Returns true when there are more. Does not throw. */
  run(): boolean;
  /** Called in place of `run()` when the work is over. */
  drop(): void;
}
