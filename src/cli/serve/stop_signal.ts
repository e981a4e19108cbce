/** SIGINT and SIGTERM of a server. @module */

/** The signals that stop a server, with their numbers. */
const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** A signal that stops a server. */
export interface StopSignal {
  readonly name: keyof typeof numbers;
  /** The exit code of a process that the signal ends, as shells have it: 128 and the number. */
  readonly exitCode: number;
}

/**
 * 1 s: signals this close together are one. Ctrl-C under `deno task` arrives twice, from the terminal and from the task;
 * a supervisor may send SIGTERM to the group and to the process.
 */
const REPEAT_MS = 1_000;

/** The signals that stop a server. The first begins the stop, and each later one hurries it. */
export class StopSignals implements Disposable {
  readonly #removals: (() => void)[];
  #lastAt = -Infinity;
  #next = Promise.withResolvers<StopSignal>();
  #endsProcess = false;

  constructor() {
    this.#removals = (Object.keys(numbers) as StopSignal["name"][]).map((name) => {
      const listener = () => this.#take({ name, exitCode: 128 + numbers[name] });
      Deno.addSignalListener(name, listener);
      return () => Deno.removeSignalListener(name, listener);
    });
  }

  /** Resolves to the next signal. */
  next(): Promise<StopSignal> {
    return this.#next.promise;
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

  /** Has the next signal end the process at once. */
  endProcessAtNext(): void {
    this.#endsProcess = true;
  }

  [Symbol.dispose](): void {
    for (const remove of this.#removals) remove();
  }

  #take(signal: StopSignal): void {
    const now = performance.now();
    if (now - this.#lastAt <= REPEAT_MS) return;
    this.#lastAt = now;
    if (this.#endsProcess) Deno.exit(signal.exitCode);
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve(signal);
  }
}
