/**
 * Measures a good client beside clients that request as much work as they can, on both stacks:
 *
 *   deno task bench:fairness [--seconds 3] [--rounds 3] [--rate 100] [--setting native]
 *     [--attack calls] [--tree FOLDER]
 *
 * The good client signs with P-256 at a steady rate, alone and then beside each attack, in several rounds. It should lose
 * no call, and its p99, of which the median of the rounds counts, should stay under 5 times its p99 alone plus one slice
 * of the server's time (10 ms). Exits with 3 when it does not on the native stack. `--setting` and `--attack` name one
 * of each; `--tree` serves from other sources, such as an older commit.
 *
 * The latency should be the server's, and not that of a machine with fewer processors than busy programs. So all threads
 * of the server have one processor, and the clients another, on which the attackers run when the good client does not
 * (SCHED_IDLE, sched(7)). The last column is the server's share of its processor: below 100 %, the attackers do not
 * load it fully, or another program runs there, too. Needs two processors, otherwise idle, and util-linux.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readReport, type Report } from "../src/bench/mod.ts";
import { attacks } from "./bench_fairness/attack.ts";
import { runCommand } from "./run_command.ts";
import { onLoopback, root, serve } from "./serve_process.ts";
import { median } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "100" },
    tree: { type: "string", default: root },
    setting: { type: "string", default: "" },
    attack: { type: "string", default: "" },
  },
});

/** The longest turn of the server's thread, in milliseconds. */
const SLICE_MS = 10;

/** Processors of the server and of the clients. */
const SERVER_CPU = "0";
const CLIENT_CPU = "1";

/** The clock ticks of /proc/PID/stat, sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

const settings = {
  "native": ["--stack", "native", "--workers", "0"],
  "native, 1 worker": ["--stack", "native", "--workers", "1"],
  "grpc-js": ["--stack", "grpc-js"],
} as const;

const deno = [Deno.execPath(), "run", "--quiet", "-P", "--config", join(root, "deno.json")];

/** A command on the clients' processor. */
function clientCommand(args: readonly string[], options?: Deno.CommandOptions): Deno.Command {
  return new Deno.Command("taskset", { args: ["--cpu-list", CLIENT_CPU, ...args], ...options });
}

/** Returns a process and its descendants: on the grpc-js stack a supervisor runs the server as a child. */
function withDescendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean)
  );
  return [pid, ...children.flatMap((child) => withDescendants(Number(child)))];
}

/** Moves all threads of the server to its processor. */
async function placeServer(server: number): Promise<void> {
  for (const pid of withDescendants(server)) {
    await runCommand("taskset", ["--all-tasks", "--cpu-list", "--pid", SERVER_CPU, `${pid}`]);
  }
}

/** Keeps an attack going until it is disposed of. */
function attack(name: string, address: string): AsyncDisposable {
  const script = join(root, "scripts", "bench_fairness", "attack.ts");
  const child = clientCommand(["chrt", "--idle", "0", ...deno, script, name, address]).spawn();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** Runs the good client and returns its report. */
async function goodClient(address: string): Promise<Report> {
  const { code, stdout, stderr } = await clientCommand([
    ...[...deno, join(root, "main.ts")],
    ...["bench", "sign", "--key-type", "ecdsa-p256", "--to", address, "--deadline", "30s"],
    ...["-r", options.rate, "-z", `${options.seconds}s`, "--warmup", "500ms", "-O", "json"],
  ]).output();
  // Exit code 1: calls failed.
  if (code > 1) throw new Error(new TextDecoder().decode(stderr));
  return readReport(new TextDecoder().decode(stdout), "the good client's report");
}

/** CPU seconds that a server has used, by proc_pid_stat(5). */
function cpuSeconds(server: number): number {
  return sum(
    withDescendants(server).map((pid) => {
      const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
      return (Number(afterName[11]) + Number(afterName[12])) / TICKS_PER_SECOND;
    }),
  );
}

/** The results of one run of the good client. */
interface Run {
  readonly calls: number;
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  /** The server's share of its processor. */
  readonly load: number;
}

async function measure(address: string, pid: number): Promise<Run> {
  const [began, cpuBefore] = [performance.now(), cpuSeconds(pid)];
  const report = await goodClient(address);
  const load = (cpuSeconds(pid) - cpuBefore) * 1_000 / (performance.now() - began);
  const [p50, p99] = [50, 99].map((percentage) =>
    report.latencyDistribution.find((point) => point.percentage === percentage)!.latency / 1e6
  );
  return { calls: report.count, lost: report.errors + report.unsent, p50, p99, load };
}

/** Measures the good client beside an attack. */
async function measureBeside(name: string, address: string, pid: number): Promise<Run> {
  await using _attack = attack(name, address);
  // The attack is under way when the good client starts.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return await measure(address, pid);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function line(name: string, figures: readonly string[]): void {
  console.log([name.padEnd(28), ...figures.map((figure) => figure.padStart(12))].join(""));
}

/** Prints the runs of one line of the table. Returns true when the promise is kept. */
function report(name: string, runs: readonly Run[], limit: number): boolean {
  const p99s = runs.map(({ p99 }) => p99);
  const lost = sum(runs.map((run) => run.lost));
  const isFair = lost === 0 && median(p99s) <= limit;
  line(name, [
    `${sum(runs.map(({ calls }) => calls))}`,
    `${lost}`,
    `${median(runs.map(({ p50 }) => p50)).toFixed(1)} ms`,
    `${median(p99s).toFixed(1)} ms`,
    `${Math.min(...p99s).toFixed(1)}-${Math.max(...p99s).toFixed(1)}`,
    `${limit.toFixed(1)} ms`,
    isFair ? "kept" : "MISSED",
    `${Math.round(100 * median(runs.map(({ load }) => load)))} %`,
  ]);
  return isFair;
}

const names = Object.keys(attacks).filter((name) => name.startsWith(options.attack));

for (const [setting, args] of Object.entries(settings)) {
  if (!setting.startsWith(options.setting)) continue;
  const keys = ["--generate", "ecdsa-p256", "--generate", "rsa-4096"];
  const serveOptions = [...onLoopback, ...args, ...keys];
  const { child, addresses: [address] } = await serve(options.tree, serveOptions);
  const { pid } = child;
  const alone: Run[] = [];
  const beside: Record<string, Run[]> = {};
  try {
    await placeServer(pid);
    for (let round = 0; round < Number(options.rounds); round++) {
      alone.push(await measure(address, pid));
      for (const name of names) {
        (beside[name] ??= []).push(await measureBeside(name, address, pid));
      }
    }
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
  console.log(`\n${setting}`);
  line("", ["calls", "lost", "p50", "p99", "of rounds", "limit", "", "server"]);
  const limit = 5 * median(alone.map(({ p99 }) => p99)) + SLICE_MS;
  report("alone", alone, limit);
  for (const [name, runs] of Object.entries(beside)) {
    if (!report(name, runs, limit) && setting.startsWith("native")) Deno.exitCode = 3;
  }
}
