/** The threads of a process, and their time on processors: proc(5), sched-stats.rst of Linux. @module */
import { readdirSync, readFileSync } from "node:fs";

/** The state of a thread. */
export interface ThreadTimes {
  /** The nice value. */
  readonly nice: number;
  /** True when it waits for an event. */
  readonly sleeps: boolean;
  /** Milliseconds on a processor. */
  readonly runningMs: number;
  /** Milliseconds in which it could run, and other threads had the processors. */
  readonly waitingMs: number;
}

/** Returns the state of each thread of a process by its id: `/proc/PID/task/TID/stat` and `schedstat`. */
export function threadsOf(pid: number): Map<string, ThreadTimes> {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).flatMap((id) => {
      try {
        const stat = readFileSync(`${folder}/${id}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
        const times = readFileSync(`${folder}/${id}/schedstat`, "utf8").split(" ");
        return [[id, {
          nice: Number(stat[16]),
          sleeps: stat[0] === "S",
          runningMs: Number(times[0]) / 1e6,
          waitingMs: Number(times[1]) / 1e6,
        }]];
      } catch {
        // The thread has ended.
        return [];
      }
    }),
  );
}
