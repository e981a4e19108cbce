/**
 * Compares the working tree with a base commit, in one run:
 *
 *   deno task bench:regress [--base HEAD] [--rounds 5] [--seconds 1]
 *
 * Both serve at the same time, and the `signer bench` of the working tree loads them in turn, so that other load
 * of the machine disturbs both. Prints the comparison of each load (see docs/bench.md), and exits with 3 when a
 * figure is worse by more than noise.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "./run_command.ts";
import { onLoopback, root, serve, type ServeProcess } from "./serve_process.ts";
import { unpack } from "./unpack_commit.ts";

const { values: options } = parseArgs({
  options: {
    base: { type: "string", default: "HEAD" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
  },
});

/** A sequential client, many requests at once, and signatures. */
const loads: Readonly<Record<string, readonly string[]>> = {
  "echo, one at a time": ["echo", "-c", "1"],
  "echo, 64 at a time": ["echo", "-c", "64", "--connections", "8"],
  "sign P-256, 16 at a time": [
    "sign",
    "-c",
    "16",
    "--connections",
    "4",
    "--key-type",
    "ecdsa-p256",
  ],
  "sign RSA-2048, 8 at a time": ["sign", "-c", "8", "--connections", "2", "--key-type", "rsa-2048"],
};

/** A server of a tree, in a process of its own. */
class Server implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;

  private constructor({ child, addresses }: ServeProcess) {
    this.#child = child;
    this.address = addresses[0];
  }

  static async start(tree: string): Promise<Server> {
    const keys = ["--generate", "ecdsa-p256", "--generate", "rsa-2048"];
    return new Server(await serve(tree, [...onLoopback, ...keys, "--log-level", "error"]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

/** Arguments of Deno that run `signer bench` of the working tree. */
const bench = [
  "run",
  "--quiet",
  "-P",
  "--config",
  join(root, "deno.json"),
  join(root, "main.ts"),
  "bench",
];

await using base = await unpack(options.base);
await using before = await Server.start(base.folder);
await using after = await Server.start(root);
for (const [name, load] of Object.entries(loads)) {
  const runs = join(base.folder, "runs.json");
  await runCommand(Deno.execPath(), [
    ...[...bench, ...load, "--to", after.address, "--against", before.address],
    ...["--repeat", options.rounds, "-z", `${options.seconds}s`, "--warmup", "300ms"],
    ...["-O", "json", "-o", runs],
  ]);
  console.log(`\n${name}: ${options.base}, and the working tree after it`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...bench, "compare", runs, "--fail"],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code === 3) Deno.exitCode = 3;
  else if (code !== 0) throw new Error(`bench compare ended with ${code}`);
}
