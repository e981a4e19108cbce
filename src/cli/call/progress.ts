/** The progress of reading a file. @module */
import { StatusLine } from "../status_line.ts";

/** Time before the first line of progress: shorter work shows none. */
const PATIENCE_MS = 300;

/** Time between two lines of progress. */
const INTERVAL_MS = 100;

/** The progress of reading a file. */
export interface ReadProgress extends Disposable {
  advance(bytes: number): void;
}

/**
 * Shows the progress of reading a file on standard error, if that is a terminal, until disposed of.
 *
 * @param size size of the file in bytes, or 0 when unknown
 */
export function withProgress(name: string, size: number): ReadProgress {
  const line = new StatusLine();
  let next = performance.now() + PATIENCE_MS;
  let done = 0;
  return {
    advance(bytes) {
      done += bytes;
      if (!line.shown || performance.now() < next) return;
      next = performance.now() + INTERVAL_MS;
      line.show(progressText(name, done, size));
    },
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
}

/** Describes the progress of reading a file. The name is last, as it may be cut off. */
export function progressText(name: string, done: number, size: number): string {
  const share = size > 0 ? ` of ${mebibytes(size)} (${Math.floor(100 * done / size)} %)` : "";
  return `read ${mebibytes(done)}${share}: ${name}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
