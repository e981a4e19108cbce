/** SIGINT and SIGTERM of a server. @module */
import { ExitCode } from "../exit.ts";
import { onStop, type StopSignalName } from "../signals.ts";

/** Numbers of the signals (signal(7)). */
const numbers = { SIGINT: 2, SIGTERM: 15 } as const satisfies Record<StopSignalName, number>;

/** A signal that stops a server. */
export interface StopSignal {
  readonly name: StopSignalName;
  /** The exit code of a process that the signal ends, as shells have it: 128 and the number. */
  readonly exitCode: number;
}

/**
 * 1 s: signals this close together are one. Ctrl-C under `deno task` arrives twice, from the terminal and from the task;
 * a supervisor may send SIGTERM to the group and to the process.
 */
const REPEAT_MS = 1_000;

/**
 * The signals that stop a server, until the end of the process. The first begins the stop, and each later one hurries
 * it.
 */
export class StopSignals {
  /** True while the first signal ends the process at once, as when a start waits for the writer of a pipe. */
  endsAtFirst = false;
  readonly #first = Promise.withResolvers<StopSignal>();
  #isRequested = false;
  #lastAt = -Infinity;
  /** Undefined until `next()` or `wait()` waits for a further signal. */
  #next: PromiseWithResolvers<StopSignal> | undefined;
  #end: { readonly exitCode: number | undefined } | undefined;

  constructor() {
    onStop((name) => this.#take({ name, exitCode: 128 + numbers[name] }));
  }

  /** True after the first signal. */
  get isRequested(): boolean {
    return this.#isRequested;
  }

  /** Resolves to the first signal, also to one that was received before. */
  get first(): Promise<StopSignal> {
    return this.#first.promise;
  }

  /** Resolves to the next signal after the first. */
  next(): Promise<StopSignal> {
    return (this.#next ??= Promise.withResolvers()).promise;
  }

  /** Waits for `ms` milliseconds, or until the next signal, which it returns. */
  async wait(ms: number): Promise<StopSignal | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<undefined>((resolve) =>
      timer = setTimeout(() => resolve(undefined), ms)
    );
    const signal = await Promise.race([over, this.next()]);
    clearTimeout(timer);
    return signal;
  }

  /**
   * Makes the next signal end the process at once.
   *
   * @param exitCode by default that of the signal
   */
  endProcessAtNext(exitCode?: number): void {
    this.#end = { exitCode };
  }

  #take(signal: StopSignal): void {
    const now = performance.now();
    if (now - this.#lastAt <= REPEAT_MS) return;
    this.#lastAt = now;
    if (!this.#isRequested) {
      if (this.endsAtFirst) Deno.exit(ExitCode.done);
      this.#isRequested = true;
      this.#first.resolve(signal);
      return;
    }
    if (this.#end !== undefined) Deno.exit(this.#end.exitCode ?? signal.exitCode);
    // The server has not begun to serve, so there is no call to cut off.
    if (this.#next === undefined) Deno.exit(ExitCode.done);
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve(signal);
  }
}
