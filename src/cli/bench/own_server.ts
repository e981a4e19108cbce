import { fileURLToPath } from "node:url";
import { CliError, ExitCode, usageError } from "../exit.ts";

/** A `signer serve` in a process of its own, for a bench that was told of no server. */
export class OwnServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;

  private constructor(child: Deno.ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Starts a server with new keys of the types given.
   *
   * @throws {CliError} when that is not permitted, or the server does not start
   */
  static async start(keyTypes: readonly string[]): Promise<OwnServer> {
    const program = Deno.execPath();
    const { state } = Deno.permissions.querySync({ name: "run", command: program });
    if (state !== "granted") {
      throw usageError(
        "No server is named, and to start one of its own this program may not",
        Deno.build.standalone
          ? "Name one with --to ADDRESS"
          : "Name one with --to ADDRESS, or allow it: deno task bench, or --allow-run",
      );
    }
    const child = new Deno.Command(program, {
      args: [...programArguments(), ...serveArguments(keyTypes)],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = new Response(child.stderr).text();
    const address = await readyAddress(child.stdout);
    if (address !== undefined) return new OwnServer(child, address);
    await child.status;
    throw new CliError(
      ExitCode.failed,
      `The server did not start: ${(await log).trim().replaceAll("\n", "; ")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // `Deno.ChildProcess.kill()` of a process that has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

/** What starts this program again: nothing, where it is one executable. */
function programArguments(): string[] {
  if (Deno.build.standalone) return [];
  const root = new URL("../../../", import.meta.url);
  const config = fileURLToPath(new URL("deno.json", root));
  return [
    // As `deno task signer` runs it.
    ...["run", "--quiet", "--v8-flags=--max-semi-space-size=2", "-P", "--config", config],
    fileURLToPath(new URL("main.ts", root)),
  ];
}

function serveArguments(keyTypes: readonly string[]): string[] {
  return [
    ...["serve", "--tcp", "127.0.0.1:0", "--grace", "0s", "--log-level", "error"],
    ...keyTypes.flatMap((type) => ["--generate", type]),
  ];
}

/** The address of the line that a server prints when it is ready; undefined when it ends without. */
async function readyAddress(stdout: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const ready = /^ready (\S+)\n/m.exec(text);
    if (ready) return ready[1];
  }
}
