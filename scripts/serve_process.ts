import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { v8Flags } from "./compile/program.ts";

/** The project's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Options of a server on a free port of the loopback interface that stops at once on a signal. */
export const onLoopback = ["--tcp", "127.0.0.1:0", "--grace", "0s"] as const;

/** A server that is ready. */
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
export function serve(
  tree: string,
  options: readonly string[],
  stderr: "null" | "piped" = "null",
): Promise<ServeProcess> {
  return startServer(serveCommand(tree, options), { stderr });
}

/** Returns the command of `signer serve` from the sources of a tree, as `deno task signer` runs it. */
export function serveCommand(tree: string, options: readonly string[]): string[] {
  return [
    ...[Deno.execPath(), "run", "--quiet", `--v8-flags=${v8Flags}`, "-P"],
    ...["--config", join(tree, "deno.json"), join(tree, "main.ts"), "serve", ...options],
  ];
}

/**
 * Starts a server, and waits for the line that it prints when it is ready: `ready ADDRESS...`.
 *
 * @throws {Error} when it exits before
 */
export async function startServer(
  command: readonly string[],
  options: Pick<Deno.CommandOptions, "env" | "stderr">,
): Promise<ServeProcess> {
  const [program, ...args] = command;
  const child = new Deno.Command(program, { ...options, args, stdout: "piped" }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const ready = /^ready (.+)\n/m.exec(text);
    if (ready) return { child, addresses: ready[1].split(" ") };
  }
  throw new Error(`The server did not get ready: ${command.join(" ")}`);
}
