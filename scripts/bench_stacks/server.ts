/** The servers of a benchmark, each in a process of its own. @module */
import { libc } from "../../src/ffi/mod.ts";
import { onLoopback, root, serve, type ServeProcess, startServer } from "../serve_process.ts";

/** Ticks of CPU time in a second (sysconf(3), _SC_CLK_TCK): 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** A stack with its number of workers. */
export interface Variant {
  readonly stack: "native" | "grpc-js";
  readonly workers: number;
}

/** Returns the name of a variant in tables. */
export function nameOf({ stack, workers }: Variant): string {
  return stack === "native"
    ? `native, ${workers || "no"} worker${workers === 1 ? "" : "s"}`
    : stack;
}

/** Resident memory of a process in megabytes (proc_pid_status(5)). */
export interface Resident {
  readonly all: number;
  /** Anonymous memory: heaps and stacks. */
  readonly anonymous: number;
  /** Memory of files, such as the program and libraries, and shared memory. Other processes may use it too. */
  readonly fileBacked: number;
}

/** A server in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  #exit: Promise<unknown> | undefined;
  /** Its complete log, once it has ended. */
  readonly log: Promise<string>;

  private constructor({ child, addresses }: ServeProcess) {
    this.#child = child;
    this.port = Number(new URL(addresses[0]).port);
    this.log = new Response(child.stderr).text();
  }

  static async start(
    { stack, workers }: Variant,
    logLevel: "error" | "debug" = "error",
    program?: string,
  ): Promise<ServerProcess> {
    const options = [
      ...onLoopback,
      ...["--stack", stack, "--workers", `${workers}`],
      ...["--generate", "rsa-2048", "--generate", "ecdsa-p256"],
      ...["--log-level", logLevel, "--log-format", "json"],
    ];
    return new ServerProcess(
      program === undefined
        ? await serve(root, options, "piped")
        : await startServer([program, "serve", ...options], { stderr: "piped" }),
    );
  }

  /** Returns the CPU time of the process in seconds: fields 14 and 15 of proc_pid_stat(5). */
  cpuSeconds(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    return (libc.statField(stat, 14) + libc.statField(stat, 15)) / TICKS_PER_SECOND;
  }

  resident(): Resident {
    return residentOf(this.#child.pid);
  }

  /** Stops the server. A second call has no effect. */
  stop(): Promise<unknown> {
    if (this.#exit === undefined) this.#child.kill("SIGTERM");
    return this.#exit ??= this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** A Deno with an empty program and empty workers. */
export class EmptyProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  static async start(workers: number): Promise<EmptyProcess> {
    const source = `
      for (let i = 0; i < ${workers}; i++) {
        const worker = new Worker("data:text/javascript,postMessage(0);onmessage=()=>{}", {
          type: "module",
        });
        await new Promise((resolve) => worker.onmessage = resolve);
      }
      setInterval(() => {}, 1e6);
      console.log("ready empty");`;
    const command = [Deno.execPath(), "run", "--quiet", "--no-config"];
    const module = `data:text/javascript,${encodeURIComponent(source)}`;
    const { child } = await startServer([...command, module], { stderr: "inherit" });
    return new EmptyProcess(child);
  }

  resident(): Resident {
    return residentOf(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

function residentOf(pid: number): Resident {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)![1]) / 1024;
  return {
    all: megabytes("VmRSS"),
    anonymous: megabytes("RssAnon"),
    fileBacked: megabytes("RssFile") + megabytes("RssShmem"),
  };
}
