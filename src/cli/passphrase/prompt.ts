/** Prompts without echo. @module */
import { CliError, ExitCode, usageError } from "../exit.ts";
import { writeDiagnostic } from "../output.ts";
import { HiddenLine, MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";

/** Signals that end the program while it waits at a prompt, with their numbers (signal(7)). */
const deadlySignals = { SIGHUP: 1, SIGTERM: 15 } as const;

/**
 * Asks on the terminal for one line after another, without echo. The caller zeroes the answers.
 *
 * The answers are read from standard input: Deno opens /dev/tty only with all permissions.
 *
 * @throws {CliError} when standard input is no terminal, and when the user interrupts
 */
export async function askHidden(questions: readonly string[]): Promise<Uint8Array<ArrayBuffer>[]> {
  if (!Deno.stdin.isTerminal()) {
    throw usageError(
      "Cannot ask for a passphrase: standard input is not a terminal",
      "Name a file that holds it with --passphrase-file",
    );
  }
  const answers: Uint8Array<ArrayBuffer>[] = [];
  using _terminal = rawTerminal();
  const typed = new TypedBytes();
  try {
    for (const question of questions) {
      writeDiagnostic(question);
      answers.push(await readHidden(typed));
    }
    return answers;
  } catch (error) {
    for (const answer of answers) answer.fill(0);
    throw error;
  } finally {
    typed.clear();
  }
}

async function readHidden(typed: TypedBytes): Promise<Uint8Array<ArrayBuffer>> {
  using line = new HiddenLine();
  try {
    while (true) {
      const { state, taken } = line.feed(await typed.next());
      typed.take(taken);
      switch (state) {
        case "done":
          return line.bytes();
        case "interrupted":
          throw new CliError(ExitCode.interrupted, "Interrupted");
        case "ended":
          throw usageError("No passphrase was given");
        case "too-long":
          throw usageError(`A passphrase has at most ${MAX_PASSPHRASE_BYTES} bytes`);
      }
    }
  } finally {
    writeDiagnostic("\n");
  }
}

/** Typed bytes that have not been read yet: a pasted text may hold the answers to both questions. */
class TypedBytes {
  readonly #buffer = new Uint8Array(256);
  #from = 0;
  #to = 0;

  /** Returns the buffered bytes, or reads more; returns Ctrl-D when the terminal is closed. */
  async next(): Promise<Uint8Array> {
    if (this.#from === this.#to) {
      const count = await Deno.stdin.read(this.#buffer);
      if (count === null) return Uint8Array.of(0x04);
      [this.#from, this.#to] = [0, count];
    }
    return this.#buffer.subarray(this.#from, this.#to);
  }

  take(count: number): void {
    this.#from = Math.min(this.#from + count, this.#to);
  }

  clear(): void {
    this.#buffer.fill(0);
  }
}

/** Turns off echo and line editing until its disposal, or until a signal ends the program. */
function rawTerminal(): Disposable {
  Deno.stdin.setRaw(true);
  const listeners = Object.entries(deadlySignals).map(([name, number]) => {
    const signal = name as keyof typeof deadlySignals;
    const listener = () => {
      Deno.stdin.setRaw(false);
      Deno.exit(128 + number);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
      Deno.stdin.setRaw(false);
    },
  };
}
