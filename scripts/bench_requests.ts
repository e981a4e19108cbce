/**
 * Measures the CPU time that the native stack itself takes for an Echo: HTTP/2, gRPC, the handler and its interceptors.
 *
 *   deno task bench:requests [--processes 20] [--connections 8] [--streams 32] [--timeouts] [--base COMMIT]
 *
 * Recorded bytes of a client are fed to the server without sockets, so that neither the kernel nor a client adds noise.
 * Processes of the same code differ by a fifth, by what V8 inlines; so each process has two variants by turns, and the
 * differences within processes are compared. Prints their median, and an interval that has the true one in 95 % of
 * runs (by ranks; it assumes nothing of the distribution).
 *
 * With `--timeouts` each call has a `grpc-timeout` of its own, as calls of clients with deadlines have.
 *
 * By default these variants are compared: without the log of requests and metrics, with the log, and with both. With
 * `--base` the working tree is compared with a commit, both with the log, as `serve` has it.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nameOf, type Variant } from "./bench_requests/replay.ts";
import { runCommand } from "./run_command.ts";
import { root } from "./serve_process.ts";
import { unpack } from "./unpack_commit.ts";

const { values: options } = parseArgs({
  options: {
    processes: { type: "string", default: "20" },
    connections: { type: "string", default: "8" },
    streams: { type: "string", default: "32" },
    timeouts: { type: "boolean", default: false },
    base: { type: "string" },
  },
});

/** Two variants that are measured by turns, and the name of the second one. */
interface Pair {
  readonly name: string;
  readonly variants: readonly [Variant, Variant];
}

/** Runs a process. Returns the nanoseconds of a call by both variants. */
async function run(variants: readonly Variant[]): Promise<number[]> {
  const script = join(root, "scripts", "bench_requests", "process.ts");
  const flags = ["--quiet", "--no-check", "--allow-all", "--v8-flags=--max-semi-space-size=2"];
  const output = await runCommand(Deno.execPath(), [
    ...["run", ...flags, "--config", join(root, "deno.json"), script],
    ...[JSON.stringify(variants), options.connections, options.streams, `${options.timeouts}`],
  ]);
  return JSON.parse(output);
}

/** The median of values, and the interval that has the median of their distribution with a probability of 95 %. */
function medianOf(values: readonly number[]): { median: number; from: number; to: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 0), length - 1)];
  // The number of values below the median has a binomial distribution.
  let rank = -1;
  let probability = 2 ** -length;
  for (let below = probability; below <= 0.025; below += probability) {
    rank++;
    probability *= (length - rank) / (rank + 1);
  }
  const median = (at(Math.floor((length - 1) / 2)) + at(Math.ceil((length - 1) / 2))) / 2;
  return { median, from: at(rank), to: at(length - 1 - rank) };
}

async function compare({ name, variants }: Pair): Promise<void> {
  const runs: number[][] = [];
  for (let i = 0; i < Number(options.processes); i++) {
    // By turns: the first to run may have other code compiled for it.
    runs.push(i % 2 === 0 ? await run(variants) : (await run(variants.toReversed())).reverse());
  }
  const [first, second] = [0, 1].map((i) => medianOf(runs.map((times) => times[i])).median);
  const added = medianOf(runs.map(([before, after]) => after - before));
  const ratio = medianOf(runs.map(([before, after]) => after / before));
  const nanos = (value: number) => (value < 0 ? "" : "+") + value.toFixed(0);
  console.log(
    `${name}: ${first.toFixed(0)} -> ${second.toFixed(0)} ns a call; ` +
      `${nanos(added.median)} ns (${nanos(added.from)} to ${nanos(added.to)}), ` +
      `ratio ${ratio.median.toFixed(3)} (${ratio.from.toFixed(3)} to ${ratio.to.toFixed(3)})`,
  );
}

if (options.base === undefined) {
  const neither: Variant = { root, parts: [] };
  const log: Variant = { root, parts: ["log"] };
  const both: Variant = { root, parts: ["log", "metrics"] };
  await compare({ name: `${nameOf(neither)}, then ${nameOf(log)}`, variants: [neither, log] });
  await compare({ name: `${nameOf(log)}, then ${nameOf(both)}`, variants: [log, both] });
} else {
  await using base = await unpack(options.base);
  const before: Variant = { root: base.folder, parts: ["log"] };
  const after: Variant = { root, parts: ["log"] };
  await compare({ name: `${options.base}, then the working tree`, variants: [before, after] });
}
