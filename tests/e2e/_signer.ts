import { fileURLToPath } from "node:url";
import { type AnyMethod, type RpcChannel, signerContract } from "../../src/grpc/contract/mod.ts";
import { openChannel } from "../../src/grpc/grpcjs/mod.ts";

export { openChannel };
export const { echo, signing } = signerContract();

/** A `signer serve` in a process of its own. */
export class SignerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #exit: Promise<Deno.CommandStatus>;

  private constructor(
    child: Deno.ChildProcess,
    readonly addresses: readonly string[],
    readonly log: Promise<string>,
  ) {
    this.#child = child;
    this.#exit = child.status;
  }

  /** Starts it with the options given, and waits for its ready line. */
  static async start(...options: string[]): Promise<SignerProcess> {
    const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-P", main, "serve", ...options],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    const { value = new Uint8Array() } = await reader.read();
    await reader.cancel();
    const ready = /^ready (.+)$/m.exec(new TextDecoder().decode(value));
    if (!ready) throw new Error(`The server did not start:\n${await log}`);
    return new SignerProcess(child, ready[1].split(" "), log);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resident memory in KiB (proc(5), status). */
  residentKiB(): number {
    return Number(/^VmRSS:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${this.pid}/status`))![1]);
  }

  /** Sends a signal and resolves to the exit code. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself: the code tells how.
    }
    await this.log;
    return (await this.#exit).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** The one response of a unary call. */
export async function call<O>(channel: RpcChannel, method: unknown, request: object): Promise<O> {
  const { responses } = channel.call<object, O>(method as AnyMethod, [request]);
  for await (const response of responses) return response;
  throw new Error("The call gave no response");
}
