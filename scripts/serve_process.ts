import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Options of a server on a free port of the loopback interface that stops at once on a signal. */
export const onLoopback = ["--tcp", "127.0.0.1:0", "--grace", "0s"] as const;

/** A `signer serve` that is ready. */
export interface ServeProcess {
  readonly child: Deno.ChildProcess;
  /** Its addresses, from its ready line. */
  readonly addresses: readonly string[];
}

/**
 * Starts `signer serve` from the sources of a tree, and waits until it is ready. The caller reads its standard
 * error if it is piped.
 *
 * @throws {Error} when it exits before
 */
export async function serve(
  tree: string,
  options: readonly string[],
  stderr: "null" | "piped" = "null",
): Promise<ServeProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      // As `deno task signer` runs it.
      ...["run", "--quiet", "--v8-flags=--max-semi-space-size=2", "-P"],
      ...["--config", join(tree, "deno.json"), join(tree, "main.ts"), "serve", ...options],
    ],
    stdout: "piped",
    stderr,
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const ready = /^ready (.+)\n/m.exec(text);
    if (ready) return { child, addresses: ready[1].split(" ") };
  }
  throw new Error(`The server of ${tree} did not get ready: ${options.join(" ")}`);
}
