import { CliError, ExitCode, usageError } from "../exit.ts";
import { writeDiagnostic } from "../output.ts";
import { HiddenLine, MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";

/** What ends the program while it waits at a prompt, with the numbers of signal(7). */
const deadlySignals = { SIGHUP: 1, SIGTERM: 15 } as const;

/**
 * Asks on the terminal for one line after another, without echo. The answers are the caller's to zero.
 *
 * Standard input is what is read: Deno opens /dev/tty only for a program that is allowed everything.
 *
 * @throws {CliError} when standard input is no terminal, and when the user gives up
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

/** What has been typed and not yet been read: a pasted text may hold the answers to both questions. */
class TypedBytes {
  readonly #buffer = new Uint8Array(256);
  #from = 0;
  #to = 0;

  /** The bytes at hand, or else the next that come; Ctrl-D when the terminal has gone. */
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

/** Turns off echo and line editing until disposed of; also when a signal ends the program before that. */
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
