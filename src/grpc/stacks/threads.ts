/** Threads for workers that start before their server is opened. @module */
import type { LoadingThread } from "../native/workers/mod.ts";

/**
 * Starts a thread that loads the entry module of a worker, for `WorkerPoolOptions.threads`. An error of that module is
 * not reported here: the pool starts the thread again.
 *
 * @param index the index of the worker in its pool
 */
export function startThread(entry: URL, index: number): LoadingThread {
  const worker = new Worker(entry, { type: "module", name: `signer-${index}` });
  const thread = { worker, hasFailed: false };
  worker.onerror = (event) => {
    event.preventDefault();
    thread.hasFailed = true;
  };
  return thread;
}
