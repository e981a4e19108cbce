/** A line of text on a terminal that is rewritten as work goes on. @module */
import { writeTerminal } from "./output.ts";
import { printable } from "../printable/mod.ts";

/** Carriage return, then clear to the end of the line (ECMA-48 EL). */
const CLEAR = "\r\x1b[K";

/** The width of a terminal that does not tell its size. */
const DEFAULT_COLUMNS = 80;

/**
 * A line on standard error that is rewritten. It is shown on terminals only, and never with NO_COLOR or TERM=dumb.
 * Disposing of it clears the line.
 */
export class StatusLine implements Disposable {
  readonly shown = Deno.stderr.isTerminal() && !Deno.noColor && Deno.env.get("TERM") !== "dumb";
  #isWritten = false;

  /** Replaces the line. The text is escaped, and cut to the terminal's width: a line that wraps could not be cleared. */
  show(text: string): void {
    if (!this.shown) return;
    this.#isWritten = true;
    writeTerminal(`${CLEAR}${printable(text).slice(0, columns() - 1)}`);
  }

  [Symbol.dispose](): void {
    if (this.#isWritten) writeTerminal(CLEAR);
    this.#isWritten = false;
  }
}

function columns(): number {
  return Deno.consoleSize().columns || DEFAULT_COLUMNS;
}
