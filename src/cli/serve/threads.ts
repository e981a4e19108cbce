/** The threads of the workers of `serve`: their number, and their early start. @module */
import {
  chosenStack,
  type LoadingThread,
  type StackChoice,
  startThread,
} from "../../grpc/stacks/mod.ts";

/** The entry module of a worker. */
export const workerEntry = new URL("./worker.ts", import.meta.url);

/**
 * Starts the threads of the workers, which load their modules while the main thread loads its own and the keys. They get
 * keys only when the server is opened (`openServing()`).
 */
export async function startThreads(
  { stack, workers }: { readonly stack: StackChoice; readonly workers: number | "auto" },
): Promise<readonly LoadingThread[]> {
  if (await chosenStack(stack) !== "native") return [];
  const count = chosenWorkers(workers);
  return Array.from({ length: count }, (_, index) => startThread(workerEntry, index));
}

/** Returns the number of workers that `--workers` chooses. */
export function chosenWorkers(choice: number | "auto"): number {
  if (choice !== "auto") return choice;
  // CPUs that this process may use (sched_getaffinity(2), cgroups(7)).
  const processors = navigator.hardwareConcurrency;
  return processors > 1 ? processors : 0;
}
