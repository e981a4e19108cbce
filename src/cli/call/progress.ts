import { writeTerminal } from "../output.ts";
import { printable } from "../printable.ts";

/** Time before the first line of progress: shorter work shows none. */
const PATIENCE_MS = 300;

/** Time between two lines of progress. */
const INTERVAL_MS = 100;

/** Back to the first column, and clear the line (ECMA-48 EL). */
const CLEAR = "\r\x1b[K";

/** The progress of reading a file. */
export interface ReadProgress extends Disposable {
  advance(bytes: number): void;
}

/**
 * Shows the progress of reading a file on standard error, if that is a terminal, until disposed of.
 *
 * @param size size of the file in bytes, or 0 when unknown
 */
export function withProgress(what: string, size: number): ReadProgress {
  const shown = Deno.stderr.isTerminal() && !Deno.noColor && Deno.env.get("TERM") !== "dumb";
  let next = performance.now() + PATIENCE_MS;
  let done = 0;
  let wrote = false;
  return {
    advance(bytes) {
      done += bytes;
      if (!shown || performance.now() < next) return;
      next = performance.now() + INTERVAL_MS;
      wrote = true;
      const share = size > 0 ? ` of ${mebibytes(size)} (${Math.floor(100 * done / size)} %)` : "";
      writeTerminal(`${CLEAR}${printable(what)}: ${mebibytes(done)}${share}`);
    },
    [Symbol.dispose]() {
      if (wrote) writeTerminal(CLEAR);
    },
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
