/**
 * Compares the working tree with a base commit, by ratio and in one run:
 *
 *   deno task bench:regress [--base HEAD] [--rounds 5] [--seconds 1] [--threshold 10]
 *
 * Both serve at the same time, and the `signer bench` of the working tree loads them by turns, so what
 * disturbs the machine disturbs both. A figure is worse when it is so by more than the threshold, in
 * percent, in every round. Exits with 3 when one is.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readReport, type Report } from "../src/bench/mod.ts";
import { onLoopback, root, serve, type ServeProcess } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    base: { type: "string", default: "HEAD" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    threshold: { type: "string", default: "10" },
  },
});
const threshold = Number(options.threshold) / 100;

/** What is measured: a sequential client, many requests at once, and signatures. */
const loads: Readonly<Record<string, readonly string[]>> = {
  "echo, one at a time": ["echo", "-c", "1"],
  "echo, 64 at a time": ["echo", "-c", "64", "--connections", "8"],
  "sign P-256, 16 at a time": ["sign", "-c", "16", "--connections", "4"],
};

interface Figure {
  readonly name: string;
  readonly of: (report: Report) => number;
  readonly rising: boolean;
}

const figures: readonly Figure[] = [
  { name: "requests/s", of: ({ rps }) => rps, rising: true },
  { name: "p50", of: (report) => percentile(report, 50), rising: false },
  { name: "p99", of: (report) => percentile(report, 99), rising: false },
];

function percentile({ latencyDistribution }: Report, percent: number): number {
  return latencyDistribution.find(({ percentage }) => percentage === percent)!.latency;
}

/** The files of a commit, in a folder that goes when this is disposed of. */
async function unpack(commit: string): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "signer-base-" });
  const archive = join(folder, "base.tar");
  await run("git", ["-C", root, "archive", "--output", archive, commit]);
  await run("tar", ["-C", folder, "-xf", archive]);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program} ${args.join(" ")}:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** A server of a tree, in a process of its own. */
class Server implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  readonly address: string;

  private constructor({ child, addresses }: ServeProcess) {
    this.#child = child;
    this.address = addresses[0];
  }

  static async start(tree: string): Promise<Server> {
    const options = [...onLoopback, "--generate", "ecdsa-p256", "--log-level", "error"];
    return new Server(await serve(tree, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

async function measure(server: Server, load: readonly string[]): Promise<Report> {
  const args = [
    ...["run", "--quiet", "-P", "--config", join(root, "deno.json"), join(root, "main.ts")],
    ...["bench", ...load, "--to", server.address, "-z", `${options.seconds}s`],
    ...["--warmup", "300ms", "-O", "json"],
  ];
  return readReport(await run(Deno.execPath(), args), "the report");
}

await using base = await unpack(options.base);
await using before = await Server.start(base.folder);
await using after = await Server.start(root);
let worse = 0;
console.log(`${"load".padEnd(26)}${"figure".padEnd(12)}  working tree / ${options.base}`);
for (const [name, load] of Object.entries(loads)) {
  const rounds: (readonly [Report, Report])[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    // The first of two is warmer or colder than the second: they take turns.
    const order = round % 2 === 0 ? [before, after] : [after, before];
    const [first, second] = [await measure(order[0], load), await measure(order[1], load)];
    rounds.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  for (const { name: figure, of, rising } of figures) {
    const ratios = rounds.map(([a, b]) => of(b) / of(a)).sort((a, b) => a - b);
    const isWorse = rising ? ratios.at(-1)! < 1 - threshold : ratios[0] > 1 + threshold;
    if (isWorse) worse++;
    const [low, middle, high] = [0, ratios.length >> 1, ratios.length - 1].map((i) =>
      ratios[i].toFixed(2)
    );
    console.log(
      `${name.padEnd(26)}${figure.padEnd(12)}  ${middle} (${low} to ${high})${
        isWorse ? "  WORSE" : ""
      }`,
    );
  }
}
if (worse > 0) Deno.exitCode = 3;
