/**
 * Measures the native stack beside tonic, grpc-go and grpc-js, in one run on one machine:
 *
 *   deno task bench:peers [--rounds 9] [--seconds 0.3] [--row REGEX] [--server REGEX] [--pinned|--free] [--write]
 *
 * `scripts/peers` has servers of the same Echo and Sign on each of them, pinned by lock files. They are built into
 * `.cache/bench_peers` first, and the libraries of `deno task openssl` and `deno task aws-lc`. Each server is
 * loaded by h2load in each round, one at a time, in an order that changes with the round. A warm-up finds the number
 * of requests of its loads, which take about as many seconds as `--seconds` says. The figure is the CPU time of the
 * server per request, median and range of the rounds. A ratio is the median of those within the rounds.
 *
 * There are two tables. In the first the servers run on CPU 0, with one thread, and h2load on CPU 1. In the second
 * the kernel chooses the CPUs, and each server has its default number of threads.
 *
 * `--write` writes the tables into `docs/benchmarks.md`. `--row` and `--server` choose rows, such as `RSA|1 MiB`,
 * and servers by their names.
 *
 * Needs Linux with two CPUs, h2load (Debian: nghttp2-client), Rust, Go, Node.js with npm, and `deno task peers`;
 * the needs of the other tasks are in `scripts/openssl.ts` and `scripts/aws_lc.ts`. With all servers built
 * the task takes some 35 minutes.
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { environment } from "./bench_peers/environment.ts";
import { measure, type Plan } from "./bench_peers/measure.ts";
import { buildLibraries, buildPrograms } from "./bench_peers/programs.ts";
import { line, table } from "./bench_peers/report.ts";
import { keyTypes, type PublicKeys, rows } from "./bench_peers/rows.ts";
import { starts } from "./bench_peers/servers.ts";
import { runCommand } from "./run_command.ts";
import { root } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    seconds: { type: "string", default: "0.3" },
    row: { type: "string", default: "" },
    server: { type: "string", default: "" },
    pinned: { type: "boolean", default: false },
    free: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const document = join(root, "docs", "benchmarks.md");

/** The lines of the document around the tables. */
const markers = ["<!-- deno task bench:peers --write -->", "<!-- end -->"] as const;

/** Makes the keys in a folder. */
async function makeKeys(folder: string): Promise<PublicKeys> {
  const made = await Promise.all(keyTypes.map(async (type) => {
    const file = join(folder, `${type}.pem`);
    const keygen = ["run", "--quiet", "-P", join(root, "main.ts"), "keygen"];
    await runCommand(Deno.execPath(), [...keygen, "--type", type, "--out", file], { cwd: root });
    return [type, createPublicKey(createPrivateKey(await Deno.readTextFile(file)))];
  }));
  return Object.fromEntries(made);
}

async function write(text: string): Promise<void> {
  const [begin, end] = markers;
  const old = await Deno.readTextFile(document);
  const [from, to] = [old.indexOf(begin) + begin.length, old.indexOf(end)];
  await Deno.writeTextFile(document, `${old.slice(0, from)}\n\n${text}\n${old.slice(to)}`);
  await runCommand(Deno.execPath(), ["fmt", "--quiet", document]);
}

const programs = await buildPrograms();
const libraries = await buildLibraries();
const folder = await Deno.makeTempDir({ prefix: "signer-peers-" });
try {
  const keys = await makeKeys(folder);
  const run = async (title: string, cpus: Plan["cpus"]) => {
    const named = starts(programs, folder, libraries, cpus !== undefined)
      .filter(({ name }) => new RegExp(options.server).test(name));
    const figures = await measure({
      rows: rows.filter(({ name }) => new RegExp(options.row).test(name)),
      starts: named,
      keys,
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
      cpus,
      folder,
      onRow: (row, micros) => console.error(line(row, micros)),
    });
    const section = `### ${title}\n\n${table(figures, named)}`;
    console.log(section);
    return section;
  };
  const both = options.pinned === options.free;
  const sections = [await environment(libraries)];
  console.log(sections[0]);
  if (both || options.pinned) {
    sections.push(await run("One CPU for the server, one for h2load", { server: 0, load: 1 }));
  }
  if (both || options.free) sections.push(await run("CPUs chosen by the kernel", undefined));
  if (options.write) await write(sections.join("\n"));
} finally {
  await Deno.remove(folder, { recursive: true });
}
