import { fileURLToPath } from "node:url";

/** The project's root. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Ticks of a processor's time in a second (sysconf(3), _SC_CLK_TCK): 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** A stack, and the threads that it serves with. */
export interface Variant {
  readonly stack: "native" | "grpc-js";
  readonly workers: number;
}

/** The name of a variant in tables. */
export function nameOf({ stack, workers }: Variant): string {
  return stack === "native"
    ? `native, ${workers || "no"} worker${workers === 1 ? "" : "s"}`
    : stack;
}

/** A server in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start({ stack, workers }: Variant): Promise<ServerProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-P", "--config", `${root}deno.json`, `${root}main.ts`, "serve"],
        ...["--stack", stack, "--workers", `${workers}`, "--tcp", "127.0.0.1:0"],
        ...["--generate", "rsa-2048", "--generate", "ecdsa-p256", "--grace", "0s"],
        ...["--log-level", "error"],
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const ready = /^ready tcp:\/\/127\.0\.0\.1:(\d+)\n/.exec(text);
      if (ready) return new ServerProcess(child, Number(ready[1]));
    }
    throw new Error(`The server on ${stack} did not get ready`);
  }

  /** Seconds of processor time that the process has spent: fields 14 and 15 of proc_pid_stat(5). */
  cpuSeconds(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Megabytes of memory that the process has resident. */
  residentMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}
