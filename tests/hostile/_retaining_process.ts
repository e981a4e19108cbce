import { fileURLToPath } from "node:url";
import type { ServerLimits } from "../../src/grpc/mod.ts";

/** A process of `_retaining_server.ts`. */
export class RetainingServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";
  /** The TCP port on 127.0.0.1. */
  port = 0;

  private constructor(limits: Partial<ServerLimits>) {
    const script = fileURLToPath(new URL("_retaining_server.ts", import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-P=test", "--v8-flags=--expose-gc", script, JSON.stringify(limits)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async start(limits: Partial<ServerLimits>): Promise<RetainingServer> {
    const server = new RetainingServer(limits);
    server.port = await server.#number();
    return server;
  }

  /** Collects the garbage of the server, and returns the rest of its memory. */
  async retainedMiB(): Promise<number> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return await this.#number();
  }

  async #number(): Promise<number> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return Number(line);
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The server has ended");
      this.#text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    while (!(await this.#lines.read()).done);
    await this.#child.status;
  }
}
