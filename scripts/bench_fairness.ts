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
 * (SCHED_IDLE, sched(7)). The column `server` is the server's share of its processor: below 100 %, the attackers do not
 * load it fully, or another program runs there, too. Needs two processors, otherwise idle, and util-linux.
 *
 * Beside a program that takes 8 to 24 % of the server's processor, a p99 of 12 to 15 ms becomes one of 28 to 123. A run
 * is therefore repeated when other programs have taken more than 4 % of one of the two processors, up to twice as often as
 * there are rounds, and does not count. A line without a run that counts has no verdict, and the program exits with 4.
 * (Kernels that count interrupts apart from the processes that they interrupt report those as other programs.)
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

/** The clock ticks of /proc/stat and /proc/PID/stat, sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

/** The largest part of a processor that other programs may take in a run that counts. */
const MAX_FOREIGN_SHARE = 0.04;

/** Runs of a line that may be repeated, for each round. */
const SPARE_RUNS_PER_ROUND = 2;

/** The exit status when other programs have disturbed all runs of a line on the native stack. */
const DISTURBED_STATUS = 4;

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

/** An attack that is under way. */
interface RunningAttack extends AsyncDisposable {
  readonly pid: number;
}

/** Keeps an attack going until it is disposed of. */
function attack(name: string, address: string): RunningAttack {
  const script = join(root, "scripts", "bench_fairness", "attack.ts");
  const child = clientCommand(["chrt", "--idle", "0", ...deno, script, name, address]).spawn();
  return {
    pid: child.pid,
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

/** Numbers of proc_pid_stat(5), the first of which is `ppid`. */
function statOf(pid: number | "self"): number[] {
  return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) \S /s, "").split(" ").map(Number);
}

/** CPU seconds that a process and its descendants have used: utime and stime. */
function cpuSeconds(root: number): number {
  return sum(withDescendants(root).flatMap((pid) => statOf(pid).slice(10, 12))) / TICKS_PER_SECOND;
}

/** CPU seconds of child processes that have ended: cutime and cstime. */
function endedSeconds(): number {
  return sum(statOf("self").slice(12, 14)) / TICKS_PER_SECOND;
}

/** Seconds in which a processor was not idle: proc_stat(5). */
function busySeconds(cpu: string): number {
  const line = readFileSync("/proc/stat", "utf8").split("\n").find((line) =>
    line.startsWith(`cpu${cpu} `)
  )!;
  const [user, nice, system, , , irq, softirq, steal] = line.split(" ").slice(1).map(Number);
  return sum([user, nice, system, irq, softirq, steal]) / TICKS_PER_SECOND;
}

/** CPU seconds of the server and the clients, and busy seconds of their processors. */
interface CpuTimes {
  readonly server: number;
  readonly clients: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
}

function cpuTimes(server: number, attack?: RunningAttack): CpuTimes {
  return {
    server: cpuSeconds(server),
    clients: endedSeconds() + (attack === undefined ? 0 : cpuSeconds(attack.pid)),
    serverCpu: busySeconds(SERVER_CPU),
    clientCpu: busySeconds(CLIENT_CPU),
  };
}

/** The results of one run of the good client. */
interface Run {
  readonly calls: number;
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  /** The server's share of its processor. */
  readonly load: number;
  /** The share of other programs of one of the processors, the larger one. */
  readonly foreign: number;
}

/** Measures the good client, beside an attack if there is one. */
async function measure(address: string, pid: number, attack?: RunningAttack): Promise<Run> {
  const [began, before] = [performance.now(), cpuTimes(pid, attack)];
  const report = await goodClient(address);
  const [seconds, after] = [(performance.now() - began) / 1_000, cpuTimes(pid, attack)];
  const share = (name: keyof CpuTimes) => (after[name] - before[name]) / seconds;
  const [p50, p99] = [50, 99].map((percentage) =>
    report.latencyDistribution.find((point) => point.percentage === percentage)!.latency / 1e6
  );
  return {
    calls: report.count,
    lost: report.errors + report.unsent,
    p50,
    p99,
    load: share("server"),
    foreign: Math.max(share("serverCpu") - share("server"), share("clientCpu") - share("clients")),
  };
}

/** Measures the good client beside an attack. */
async function measureBeside(name: string, address: string, pid: number): Promise<Run> {
  await using running = attack(name, address);
  // The attack is under way when the good client starts.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return await measure(address, pid, running);
}

/** Repeats a run while other programs disturb it, up to a number of times. The last one may be disturbed. */
async function undisturbed(run: () => Promise<Run>, spare: { runs: number }): Promise<Run> {
  for (;;) {
    const result = await run();
    if (!isDisturbed(result) || spare.runs === 0) return result;
    spare.runs--;
  }
}

/** A run that has lost calls counts in any case: other programs delay calls, and lose none. */
function isDisturbed({ foreign, lost }: Run): boolean {
  return foreign > MAX_FOREIGN_SHARE && lost === 0;
}

/** Returns the runs that other programs have not disturbed, or all when there are none. */
function withoutDisturbed(runs: readonly Run[]): readonly Run[] {
  const counted = runs.filter((run) => !isDisturbed(run));
  return counted.length > 0 ? counted : runs;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function line(name: string, figures: readonly string[]): void {
  console.log([name.padEnd(28), ...figures.map((figure) => figure.padStart(12))].join(""));
}

/**
 * Prints the runs of one line of the table that count. Returns whether it is fair; undefined when other programs have
 * disturbed all runs of the line, or all of `alone`, from which the limit comes.
 */
function report(
  name: string,
  all: readonly Run[],
  alone: readonly Run[],
): boolean | undefined {
  const unloaded = withoutDisturbed(alone);
  const limit = 5 * median(unloaded.map(({ p99 }) => p99)) + SLICE_MS;
  const runs = withoutDisturbed(all);
  const counts = [runs[0], unloaded[0]].every((run) => !isDisturbed(run));
  const p99s = runs.map(({ p99 }) => p99);
  const lost = sum(runs.map((run) => run.lost));
  const isFair = counts ? lost === 0 && median(p99s) <= limit : undefined;
  line(name, [
    `${sum(runs.map(({ calls }) => calls))}`,
    `${lost}`,
    `${median(runs.map(({ p50 }) => p50)).toFixed(1)} ms`,
    `${median(p99s).toFixed(1)} ms`,
    `${Math.min(...p99s).toFixed(1)}-${Math.max(...p99s).toFixed(1)}`,
    `${limit.toFixed(1)} ms`,
    isFair === undefined ? "disturbed" : isFair ? "kept" : "MISSED",
    percent(median(runs.map(({ load }) => load))),
    `${isDisturbed(runs[0]) ? 0 : runs.length}`,
    percent(Math.max(...runs.map(({ foreign }) => foreign))),
  ]);
  return isFair;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

const names = Object.keys(attacks).filter((name) => name.startsWith(options.attack));
const rounds = Number(options.rounds);

for (const [setting, args] of Object.entries(settings)) {
  if (!setting.startsWith(options.setting)) continue;
  const keys = ["--generate", "ecdsa-p256", "--generate", "rsa-4096"];
  const serveOptions = [...onLoopback, ...args, ...keys];
  const { child, addresses: [address] } = await serve(options.tree, serveOptions);
  const { pid } = child;
  const lines = ["alone", ...names].map((name) => ({
    name,
    run: name === "alone" ? () => measure(address, pid) : () => measureBeside(name, address, pid),
    spare: { runs: rounds * SPARE_RUNS_PER_ROUND },
    runs: [] as Run[],
  }));
  try {
    await placeServer(pid);
    for (let round = 0; round < rounds; round++) {
      for (const { run, spare, runs } of lines) runs.push(await undisturbed(run, spare));
    }
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
  console.log(`\n${setting}`);
  line("", ["calls", "lost", "p50", "p99", "of rounds", "limit", "", "server", "runs", "others"]);
  const [alone] = lines;
  for (const { name, runs } of lines) {
    const isFair = report(name, runs, alone.runs);
    if (isFair === true || !setting.startsWith("native")) continue;
    Deno.exitCode = isFair === false ? 3 : Deno.exitCode || DISTURBED_STATUS;
  }
}
