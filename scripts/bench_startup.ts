/**
 * The start of the program: from the sources, and as an executable, beside `deno --version`. Prints a table, and says
 * which figure of the executable misses its aim.
 *
 *     deno task bench:startup [--executable dist/signer]
 *
 * `--version` and `ready` are medians of runs by turns, in milliseconds from the start of the process. `ready` and the
 * memory, which is resident after the server is ready, are those of the default number of workers; `ready with --workers 0`
 * and `1` follow. The last figure is requests a second of the executable's server beside those of
 * the sources' (`signer bench echo --against`).
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root, v8Flags } from "./compile/program.ts";
import { runCommand } from "./run_command.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    executable: { type: "string", default: "dist/signer" },
    runs: { type: "string", default: "15" },
  },
});
const runs = Number(values.runs);

/** A command line that runs the program. */
interface Kind {
  readonly name: string;
  readonly words: readonly string[];
  /** The aims are those of an executable. */
  readonly isExecutable: boolean;
}

const sources: Kind = {
  name: "the sources",
  words: [
    ...[Deno.execPath(), "run", "--quiet", `--v8-flags=${v8Flags}`, "-P"],
    ...["--config", join(root, "deno.json"), join(root, "main.ts")],
  ],
  isExecutable: false,
};

const executable: Kind = {
  name: values.executable,
  words: [join(Deno.cwd(), values.executable)],
  isExecutable: true,
};

const kinds = existsSync(values.executable) ? [sources, executable] : [sources];

/** The aims of an executable. */
const aims = { versionMs: 100, sizeMiB: 110, speed: 0.95 } as const;

/** The aims of the time until ready by the number of workers, in milliseconds. */
const readyAims = { auto: 300, 0: 150, 1: 200 } as const;
type Workers = keyof typeof readyAims;
const workerCounts = ["auto", 0, 1] as const satisfies readonly Workers[];

const folder = await Deno.makeTempDir({ prefix: "signer-startup-" });

/** Milliseconds of a command from its start to its end. */
async function timeOf(words: readonly string[]): Promise<number> {
  const [command, ...args] = words;
  const started = performance.now();
  await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
  return performance.now() - started;
}

/** A server that is ready. */
interface Ready {
  readonly child: Deno.ChildProcess;
  readonly address: string;
  readonly readyMs: number;
}

let servers = 0;

async function startServer(
  { words: [command, ...args] }: Kind,
  workers: Workers = "auto",
): Promise<Ready> {
  const address = `unix:${folder}/socket-${servers++}`;
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [
      ...[...args, "serve", "--listen", address, "--key", join(folder, "key.pem")],
      ...["--workers", `${workers}`],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  const readyMs = performance.now() - started;
  await reader.cancel();
  if (done) throw new Error(`${command} serve did not start`);
  return { child, address, readyMs };
}

async function stop({ child }: Ready): Promise<void> {
  child.kill("SIGTERM");
  await child.status;
}

/** Resident memory of a process in MiB (proc(5), status). */
async function residentMiB(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
}

/** Requests a second of the second kind by those of the first, by turns in one run. */
async function speedRatio([one, other]: readonly Kind[]): Promise<number> {
  const [first, second] = [await startServer(one), await startServer(other)];
  try {
    const report = join(folder, "runs.json");
    await runCommand(sources.words[0], [
      ...[...sources.words.slice(1), "bench", "echo", "--to", first.address],
      ...["--against", second.address, "--repeat", "5", "-z", "2s", "-c", "64"],
      ...["--connections", "4", "-O", "json", "-o", report],
    ]);
    const { runs, against } = JSON.parse(await Deno.readTextFile(report));
    const rate = (reports: { rps: number }[]) => median(reports.map(({ rps }) => rps));
    return rate(against) / rate(runs);
  } finally {
    await stop(first);
    await stop(second);
  }
}

try {
  const [command, ...args] = sources.words;
  const key = ["keygen", "--type", "ecdsa-p256", "--out", join(folder, "key.pem")];
  await runCommand(command, [...args, ...key]);
  // The first start of a portable executable unpacks it.
  for (const { words } of kinds) await timeOf([...words, "--version"]);

  const deno: number[] = [];
  const version = new Map(kinds.map((kind) => [kind, [] as number[]]));
  const ready = new Map(
    kinds.map((kind) => [kind, { auto: [], 0: [], 1: [] } as Record<Workers, number[]>]),
  );
  const memory = new Map(kinds.map((kind) => [kind, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    deno.push(await timeOf([Deno.execPath(), "--version"]));
    for (const kind of kinds) {
      version.get(kind)!.push(await timeOf([...kind.words, "--version"]));
      for (const workers of workerCounts) {
        const server = await startServer(kind, workers);
        ready.get(kind)![workers].push(server.readyMs);
        if (workers === "auto") memory.get(kind)!.push(await residentMiB(server.child.pid));
        await stop(server);
      }
    }
  }

  console.log(`deno --version: ${median(deno).toFixed(0)} ms`);
  const missed: string[] = [];
  for (const kind of kinds) {
    const figures = {
      versionMs: median(version.get(kind)!),
      memoryMiB: median(memory.get(kind)!),
    };
    const readyMs = (workers: Workers) => median(ready.get(kind)![workers]);
    const text = [
      `--version ${figures.versionMs.toFixed(0)} ms`,
      `ready ${readyMs("auto").toFixed(0)} ms`,
      `memory ${figures.memoryMiB.toFixed(0)} MiB`,
      `ready with --workers 0 ${readyMs(0).toFixed(0)} ms, 1 ${readyMs(1).toFixed(0)} ms`,
    ];
    for (const workers of workerCounts) {
      const aim = readyAims[workers];
      if (readyMs(workers) > aim) {
        missed.push(`${kind.name}: ready with --workers ${workers} under ${aim} ms`);
      }
    }
    if (kind.isExecutable) {
      const sizeMiB = (await Deno.stat(values.executable)).size / 2 ** 20;
      const speed = await speedRatio(kinds);
      text.push(`size ${sizeMiB.toFixed(1)} MiB`, `speed ${(100 * speed).toFixed(1)} %`);
      if (figures.versionMs > aims.versionMs) missed.push(`--version under ${aims.versionMs} ms`);
      if (sizeMiB > aims.sizeMiB) missed.push(`size under ${aims.sizeMiB} MiB`);
      if (speed < aims.speed) missed.push("95 % of the sources' speed");
    }
    console.log(`${kind.name}: ${text.join(", ")}`);
  }
  if (kinds.length === 1) console.log("There is no executable: see deno task compile");
  for (const aim of missed) console.log(`missed: ${aim}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
