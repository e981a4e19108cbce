/** The server that `bench` starts when none is named. @module */
import { fileURLToPath } from "node:url";
import { CliError, ExitCode, usageError } from "../exit.ts";

/** A `signer serve` in a child process. */
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
   * Starts a server with new keys of the given types.
   *
   * @throws {CliError} without the permission to run a process, or when the server does not start
   */
  static async start(keyTypes: readonly string[]): Promise<OwnServer> {
    const program = Deno.execPath();
    const { state } = Deno.permissions.querySync({ name: "run", command: program });
    if (state !== "granted") {
      throw usageError(
        "No server is named, and this program has no permission to start one",
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

/** Returns the arguments of Deno that run this program from its sources; none for the executable. */
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

/** Reads the address in the server's `ready` line; undefined when the server exits before it prints one. */
async function readyAddress(stdout: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const ready = /^ready (\S+)\n/m.exec(text);
    if (ready) return ready[1];
  }
}
