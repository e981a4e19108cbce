import { matchOutput } from "../_support/match_output.ts";

/** A server of another project, in a child process: it prints `ready ADDRESS` and runs until it is disposed of. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #rest: Promise<string>;

  private constructor(child: Deno.ChildProcess, readonly address: string, rest: Promise<string>) {
    this.#child = child;
    this.#rest = rest;
  }

  static async start(program: string, ...args: string[]): Promise<PeerProcess> {
    const child = new Deno.Command(program, { args, stdout: "piped", stderr: "inherit" }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { match, text } = await matchOutput(child, output, /^ready (\S+)\n/m);
    const rest = async () => {
      let all = text.slice(match.index + match[0].length);
      for (let read = await output.read(); !read.done; read = await output.read()) {
        all += read.value;
      }
      return all;
    };
    return new PeerProcess(child, match[1], rest());
  }

  /** Stops the process, and returns its output after the address. */
  async stop(): Promise<string> {
    this.#kill();
    await this.#child.status;
    return await this.#rest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // `Deno.ChildProcess.kill()` of a process that has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
