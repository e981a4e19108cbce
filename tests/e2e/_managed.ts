/** `signer serve` under a service manager by Python (`tests/peers/python/service_manager.py`). @module */
import { fileURLToPath } from "node:url";
import { jsonLines } from "../_support/json_lines.ts";

const script = fileURLToPath(new URL("../peers/python/service_manager.py", import.meta.url));
const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** 60 s for a notification, on a busy machine. */
const PATIENCE_MS = 60_000;

/** A line of the script. */
interface Line {
  readonly pid?: number;
  readonly addresses?: Readonly<Record<string, string>>;
  readonly notified?: readonly string[];
  readonly main?: boolean;
  readonly exit?: number;
}

/** A notification: its lines, and true if the started process itself has sent it. */
export interface Notification {
  readonly lines: readonly string[];
  readonly main: boolean;
}

/** A server with its service manager. */
export class ManagedServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #notifications: Notification[] = [];
  readonly #log: Promise<string>;
  readonly #started = Promise.withResolvers<Line>();
  readonly #exit = Promise.withResolvers<number>();
  #more = Promise.withResolvers<void>();
  readonly #output: Promise<void>;
  pid = 0;
  addresses: Readonly<Record<string, string>> = {};

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#log = new Response(child.stderr).text();
    this.#output = this.#read();
  }

  /** Starts a manager with its options, and a server with others. */
  static async start(
    python: string,
    manager: readonly string[],
    options: readonly string[],
  ): Promise<ManagedServer> {
    const serve = [Deno.execPath(), "run", "--quiet", "-P=serve", main, "serve", ...options];
    const child = new Deno.Command(python, {
      args: [script, ...manager, ...serve],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const server = new ManagedServer(child);
    const { pid = 0, addresses = {} } = await server.#started.promise;
    server.pid = pid;
    server.addresses = addresses;
    return server;
  }

  /** Resolves to the next notification that has a line. */
  async notified(line: string | RegExp): Promise<Notification> {
    const fits = (one: string) => typeof line === "string" ? one === line : line.test(one);
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const at = this.#notifications.findIndex(({ lines }) => lines.some(fits));
      if (at >= 0) return this.#notifications.splice(0, at + 1).at(-1)!;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.max(0, end - performance.now()));
      });
      await Promise.race([this.#more.promise, late]);
      clearTimeout(timer);
      if (performance.now() >= end) throw new Error(`No notification with ${line}`);
    }
  }

  signal(name: Deno.Signal): void {
    Deno.kill(this.pid, name);
  }

  /** Stops the server, and resolves to its exit code and its log. */
  stop(): Promise<{ code: number; log: string }> {
    this.signal("SIGTERM");
    return this.ended();
  }

  /** Resolves at the end of the server to its exit code and its log. */
  async ended(): Promise<{ code: number; log: string }> {
    return { code: await this.#exit.promise, log: await this.#log };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const kill of [() => Deno.kill(this.pid, "SIGKILL"), () => this.#child.kill("SIGKILL")]) {
      try {
        kill();
      } catch {
        // It has ended.
      }
    }
    await this.#child.status;
    await this.#output;
    await this.#log;
  }

  async #read(): Promise<void> {
    for await (const line of jsonLines<Line>(this.#child.stdout)) this.#take(line);
    this.#started.resolve({});
    this.#exit.resolve(-1);
  }

  #take(line: Line): void {
    if (line.pid !== undefined) this.#started.resolve(line);
    if (line.exit !== undefined) this.#exit.resolve(line.exit);
    if (line.notified === undefined) return;
    this.#notifications.push({ lines: line.notified, main: line.main ?? false });
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
