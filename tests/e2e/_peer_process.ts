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
    let text = "";
    while (true) {
      const { value, done } = await output.read();
      if (done) {
        await child.status;
        throw new Error(`${program} ended without an address: ${text}`);
      }
      text += value;
      const [line, address] = /^ready (\S+)\n/m.exec(text) ?? [];
      if (address === undefined) continue;
      const rest = async () => {
        let all = text.slice(text.indexOf(line!) + line!.length);
        for (let read = await output.read(); !read.done; read = await output.read()) {
          all += read.value;
        }
        return all;
      };
      return new PeerProcess(child, address, rest());
    }
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
