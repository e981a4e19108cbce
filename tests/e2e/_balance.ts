/** Clients by grpc-go and grpcio that call without a pause, in child processes. @module */
import { jsonLines } from "../_support/json_lines.ts";

/** 3 min for the progress that a test waits for, on a busy machine: up to 50,000 calls. */
const PATIENCE_MS = 180_000;

/** A line of a client. */
export interface Progress {
  readonly succeeded: number;
  readonly errors: readonly string[];
  /** Calls by server: grpc-go. */
  readonly servers?: Readonly<Record<string, number>>;
  /** Connections that calls have used: grpc-go. */
  readonly connections?: number;
}

/** A client that calls until `stop()`. */
export class BalancingClient implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: Promise<void>;
  #last: Progress = { succeeded: 0, errors: [] };
  #more = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(program: string, ...args: string[]) {
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#read();
  }

  /** Changes the addresses of the servers' name: grpc-go. */
  async use(...addresses: readonly string[]): Promise<void> {
    const names = addresses.map((address) => address.replace("tcp://", ""));
    await this.#input.write(new TextEncoder().encode(`${names.join(" ")}\n`));
  }

  /** Resolves when the progress fits. */
  async until(fits: (progress: Progress) => boolean): Promise<Progress> {
    const end = performance.now() + PATIENCE_MS;
    while (!fits(this.#last)) {
      if (performance.now() > end) throw new Error(`No progress: ${JSON.stringify(this.#last)}`);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
      await Promise.race([this.#more.promise, late]);
      clearTimeout(timer);
    }
    return this.#last;
  }

  /** Resolves after `count` further calls. */
  async calls(count: number): Promise<Progress> {
    const before = this.#last.succeeded;
    return await this.until(({ succeeded }) => succeeded >= before + count);
  }

  /** Ends the calls, and returns all of them. */
  async stop(): Promise<Progress> {
    await this.#close();
    await this.#child.status;
    await this.#output;
    return this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#output;
  }

  async #close(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.#input.close();
  }

  async #read(): Promise<void> {
    for await (const progress of jsonLines<Progress>(this.#child.stdout)) {
      this.#last = progress;
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    }
  }
}
