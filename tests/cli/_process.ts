/** The output and the exit status of a program. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** The time limit of a program in a script. A longer one hangs. */
const PATIENCE_MS = 60_000;

/** A child process whose output can be awaited while it runs. */
export class Process {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #seen = 0;

  constructor(program: string, options: Omit<Deno.CommandOptions, "stdin" | "stdout" | "stderr">) {
    this.#child = new Deno.Command(program, {
      ...options,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = new Output(this.#child.stdout);
    this.#stderr = new Output(this.#child.stderr);
  }

  /** Waits until standard output matches, after the match of the last call. */
  async ready(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.#stdout.text.slice(this.#seen));
      if (match) {
        this.#seen += match.index + match[0].length;
        return match;
      }
      if (!await this.#bounded(this.#stdout.more(), `waiting for ${pattern}`)) {
        throw new Error(
          `ended without ${pattern}\nstdout:\n${this.#stdout.text}\nstderr:\n${this.#stderr.text}`,
        );
      }
    }
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#stdin.write(bytes);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Closes standard input and waits for the end. */
  async ended(): Promise<Ended> {
    // The program may have closed its input without reading.
    await this.#stdin.close().catch(() => {});
    const { code } = await this.#bounded(this.#child.status, "waiting for the end");
    await this.#bounded(this.#stdout.whole, "waiting for the end of standard output");
    await this.#bounded(this.#stderr.whole, "waiting for the end of standard error");
    return { stdout: this.#stdout.text, stderr: this.#stderr.text, status: code };
  }

  /** Kills the process unless it has ended. */
  async stop(): Promise<void> {
    this.#killIfAlive();
    await this.ended();
  }

  #killIfAlive(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // `Deno.ChildProcess.kill()` of a process that has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #bounded<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#killIfAlive();
        reject(new Error(`still ${what} after ${PATIENCE_MS / 1000} s\n${this.#stderr.text}`));
      }, PATIENCE_MS);
    });
    try {
      return await Promise.race([work, expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Text of a stream, read as it arrives. */
class Output {
  text = "";
  readonly whole: Promise<void>;
  #more = Promise.withResolvers<boolean>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.whole = this.#collect(stream);
  }

  /** Resolves to true when more text has arrived, and to false at the end of the stream. */
  more(): Promise<boolean> {
    return this.#more.promise;
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.text += decoder.decode(chunk, { stream: true });
      this.#more.resolve(true);
      this.#more = Promise.withResolvers();
    }
    this.#more.resolve(false);
  }
}
