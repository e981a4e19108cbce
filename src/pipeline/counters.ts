/**
 * Counters of pipelines in memory that all threads share. Executions take milliseconds, so that atomic operations cost
 * nothing beside them.
 *
 * @module
 */
import { BUCKETS } from "../telemetry/metrics/mod.ts";
import type { PipelineError } from "./errors.ts";
import type { ExecutionMetrics } from "./execution.ts";

/** The kinds of errors, in the order of their cells. */
const KINDS = [
  "BAD_MANIFEST",
  "BAD_INPUT",
  "LIMIT",
  "TIMED_OUT",
  "CANCELLED",
  "NODE_FAILED",
  "WORKER_FAILED",
  // Refused, because too many were running and waiting.
  "OVERLOAD",
  // A signature that was refused, or a malformed request.
  "REFUSED",
] as const satisfies readonly (PipelineError["code"] | "OVERLOAD" | "REFUSED")[];

/** The kind of an error. */
export type ErrorKind = typeof KINDS[number];

/** Executions at this time: running, waiting for their turn, and open streams. */
export type Gauge = "running" | "waiting" | "streams";

const CELLS = [
  "executions",
  "wallUs",
  "cpuUs",
  "audioBytes",
  "running",
  "waiting",
  "streams",
] as const;
const KINDS_AT = CELLS.length;
const DURATIONS_AT = KINDS_AT + KINDS.length;
const BUCKET_CELLS = BUCKETS.length + 1;
const NODES_AT = DURATIONS_AT + BUCKET_CELLS;
/** For each type of nodes: executions, microseconds, durations. */
const NODE_CELLS = 2 + BUCKET_CELLS;

/** Durations by bucket, each for itself, and their sum. */
export interface Durations {
  readonly times: readonly number[];
  readonly seconds: number;
}

/** The counters at one time. */
export interface PipelineCounts {
  readonly executions: number;
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly audioBytes: number;
  readonly running: number;
  readonly waiting: number;
  readonly streams: number;
  readonly durations: Durations;
  readonly errors: readonly { readonly kind: ErrorKind; readonly count: number }[];
  readonly nodes: readonly {
    readonly type: string;
    readonly executions: number;
    readonly us: number;
    readonly durations: Durations;
  }[];
}

/** The counters of pipelines. Threads that share the memory count together. */
export class PipelineCounters {
  readonly memory: SharedArrayBuffer;
  readonly #cells: BigInt64Array;
  readonly #types: readonly string[];

  /** @param types the names of all types of nodes, in the same order in every thread */
  constructor(types: readonly string[], memory?: SharedArrayBuffer) {
    const cells = NODES_AT + types.length * NODE_CELLS;
    this.memory = memory ?? new SharedArrayBuffer(cells * BigInt64Array.BYTES_PER_ELEMENT);
    this.#cells = new BigInt64Array(this.memory);
    this.#types = types;
  }

  /** Counts an execution that has succeeded. */
  succeeded({ wallMs, cpuMs, audioBytes, nodes }: ExecutionMetrics): void {
    this.#add(0, 1);
    this.#add(1, wallMs * 1_000);
    this.#add(2, cpuMs * 1_000);
    this.#add(3, audioBytes);
    this.#add(DURATIONS_AT + bucketOf(wallMs), 1);
    for (const { type, ms } of nodes) {
      const at = NODES_AT + this.#types.indexOf(type) * NODE_CELLS;
      this.#add(at, 1);
      this.#add(at + 1, ms * 1_000);
      this.#add(at + 2 + bucketOf(ms), 1);
    }
  }

  failed(kind: ErrorKind): void {
    this.#add(KINDS_AT + KINDS.indexOf(kind), 1);
  }

  /** Changes a number of executions at this time. */
  change(gauge: Gauge, by: 1 | -1): void {
    this.#add(CELLS.indexOf(gauge), by);
  }

  read(): PipelineCounts {
    const cells = Array.from(this.#cells, (_, index) => Number(Atomics.load(this.#cells, index)));
    const durations = (at: number, us: number): Durations => ({
      times: cells.slice(at, at + BUCKET_CELLS),
      seconds: us / 1e6,
    });
    const [executions, wallUs, cpuUs, audioBytes, running, waiting, streams] = cells as [
      ...[number, number, number, number, number, number, number],
    ];
    return {
      ...{ executions, wallUs, cpuUs, audioBytes, running, waiting, streams },
      durations: durations(DURATIONS_AT, wallUs),
      errors: KINDS.map((kind, index) => ({ kind, count: cells[KINDS_AT + index]! })),
      nodes: this.#types.map((type, index) => {
        const at = NODES_AT + index * NODE_CELLS;
        const us = cells[at + 1]!;
        return { type, executions: cells[at]!, us, durations: durations(at + 2, us) };
      }),
    };
  }

  #add(cell: number, value: number): void {
    Atomics.add(this.#cells, cell, BigInt(Math.round(value)));
  }
}

function bucketOf(ms: number): number {
  const bucket = BUCKETS.findIndex((seconds) => ms <= seconds * 1_000);
  return bucket < 0 ? BUCKETS.length : bucket;
}
