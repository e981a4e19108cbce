/** Finds the lines of a server's log that report a fault, as no input of a peer should cause one. @module */

/** An error in the log, or a crash of the process. Warnings are of limits that a peer has exceeded. */
const FAULT = /\blevel=(?:error|fatal)\b|Uncaught|panicked|ended by a signal|free\(\)|malloc/;

/** Checks a log as it is written. */
export class LogFaults {
  /** The first line that reports a fault. */
  first: string | undefined;
  #partial = "";

  add(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop()!;
    this.first ??= lines.find((line) => FAULT.test(line))?.slice(0, 2_000);
  }
}
