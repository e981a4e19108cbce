/** The shares of processors that threads and other programs use: proc(5). @module */
import { readFileSync } from "node:fs";
import { threadsOf } from "../threads.ts";

/** The nice value of the threads that execute pipelines. */
export const PIPELINE_NICE = 10;

/** Shares of a period. */
export interface Shares {
  /** The share on a processor. */
  readonly running: number;
  /** The share in which other threads had the processors. */
  readonly waiting: number;
}

/**
 * Measures the busiest thread of a nice value until the returned function is called: a thread that neither runs nor
 * waits for a processor has no work.
 */
export function watchBusiest(pid: number, nice: number): () => Shares {
  const began = performance.now();
  const before = threadsOf(pid);
  return () => {
    const elapsed = performance.now() - began;
    let most: Shares = { running: 0, waiting: 0 };
    for (const [id, thread] of threadsOf(pid)) {
      if (thread.nice !== nice) continue;
      const running = (thread.runningMs - (before.get(id)?.runningMs ?? 0)) / elapsed;
      const waiting = (thread.waitingMs - (before.get(id)?.waitingMs ?? 0)) / elapsed;
      if (running > most.running) most = { running, waiting };
    }
    return most;
  };
}

/** The clock ticks of /proc, sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

/**
 * Measures the processors that other programs use until the returned function is called: all but the server, this
 * process, and its children that have ended. Returns 1 for a whole processor.
 */
export function watchOthers(pid: number): () => number {
  const began = performance.now();
  const before = otherTicks(pid);
  return () => {
    const seconds = (otherTicks(pid) - before) / TICKS_PER_SECOND;
    return Math.max(0, seconds * 1_000 / (performance.now() - began));
  };
}

function otherTicks(pid: number): number {
  const first = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!;
  const [user, nice, system, , , irq, softirq] = first.trim().split(/\s+/).slice(1).map(Number);
  const ticks = (process: number | "self", ...fields: readonly number[]) => {
    const stat = readFileSync(`/proc/${process}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return fields.reduce((sum, field) => sum + Number(stat[field]), 0);
  };
  // utime and stime; cutime and cstime of children.
  return user! + nice! + system! + irq! + softirq! - ticks(pid, 11, 12) -
    ticks("self", 11, 12, 13, 14);
}
