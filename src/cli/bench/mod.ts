/** `signer bench`: makes load on a server, and says how it took it. @module */
import { Command, InvalidArgumentError, Option } from "commander";
import { reportFormats } from "../../bench/mod.ts";
import { withTargets } from "../client/options/mod.ts";
import { collect } from "../collect.ts";
import { parseDuration } from "../duration.ts";
import { examples } from "../help.ts";
import { algorithmOption, keyTypeOption } from "../key_options.ts";
import { parseConditions, parseRate, parseShare, wholeNumber } from "./parsers.ts";

/** Requests under way, connections and threads beyond which a machine measures only itself. */
const limits = { concurrency: 1_000_000, connections: 100_000, threads: 256 } as const;

/**
 * `signer bench`. Options stand on the command itself, so that they may be given before or after the
 * subcommand. Actions import what they run on when they are run.
 */
export function benchCommand(): Command {
  const bench = new Command("bench")
    .description("Make load on a server, and measure how it takes it")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "before",
      examples(
        "signer bench echo --to 127.0.0.1:50051",
        "signer bench sign --to 10.0.0.5:50051 -z 30s -c 64 --connections 8",
        "signer bench sign --to vsock:16:5000 -r 2000 --assert 'p99<5ms,errors=0'",
        "signer bench connect --to 10.0.0.5:50051 -c 100 -n 10000",
        "signer bench echo --to 10.0.0.5:50051 --against 10.0.0.6:50051 --repeat 5",
      ),
    )
    .argument("[method]", "echo, sign, or any method, such as signer.v1.EchoService/Echo")
    .action(async (method, _, command: Command) =>
      (await import("./run.ts")).runBench(method, command.opts())
    );
  addTarget(bench);
  addLoad(bench);
  addWork(bench);
  addOutput(bench);
  addModes(bench);
  addReports(bench);
  return bench;
}

function addTarget(bench: Command): void {
  withTargets(bench, {
    to: "server to load; may be repeated (env: SIGNER_ADDRESS; default: one of its own)",
    connectTimeout: "10s",
  })
    .addOption(
      new Option("--deadline <duration>", "time limit of each request; 0s for none")
        .argParser(parseDuration).default(20_000, "20s"),
    )
    .option(
      "--server-pid <pid>",
      "the server's process on this machine, to see what it uses",
      wholeNumber(1, 2 ** 31),
    );
}

function addLoad(bench: Command): void {
  bench
    .option("-n, --total <n>", "requests to make", wholeNumber(1, 1e15))
    .option("-z, --duration <duration>", "time to make load (default: 5s, without -n)", positive)
    .option("-x, --max-duration <duration>", "limit of the time that -n may take", positive)
    .option(
      "-c, --concurrency <n>",
      "requests under way at once",
      wholeNumber(1, limits.concurrency),
      50,
    )
    .option(
      "--connections <n>",
      "connections to each server",
      wholeNumber(1, limits.connections),
      1,
    )
    .option("--threads <n>", "threads that make load", wholeNumber(1, limits.threads), 1)
    .option(
      "--warmup <duration>",
      "load that is not measured comes first (default: 1s, without -n)",
      parseDuration,
    )
    .option("-r, --rps <rate>", "requests a second, whether answered or not (open loop)", parseRate)
    .addOption(
      new Option("--load-schedule <kind>", "how the rate goes: constant, in steps, or in a line")
        .choices(["const", "step", "line"]),
    )
    .option("--load-start <rate>", "rate at the start of steps or a line", parseRate)
    .option("--load-end <rate>", "rate at their end", parseRate)
    .option("--load-step <rate>", "how much the rate changes with each step", parseRate)
    .option("--load-step-duration <duration>", "how long a step is", positive)
    .option("--load-max-duration <duration>", "how long a line is (default: -z)", positive)
    .option("--repeat <n>", "make the load n times and report each run", wholeNumber(1, 1000))
    .option(
      "--against <address>",
      "second server: its runs alternate with those of --to, and the two are compared",
      collect,
    )
    .option("--seed <n>", "of all that is drawn at random", wholeNumber(0, 2 ** 31), 1);
}

function addWork(bench: Command): void {
  bench
    .option("--payload <bytes|file>", "what is sent or signed: so many bytes, or a file", "32")
    .option("-d, --data <json>", "the request of any other method: JSON, @FILE, @ for input")
    .addOption(new Option("--key <id>", "the key that signs, by its id").conflicts("keyType"))
    .addOption(
      keyTypeOption("--key-type <type>", "the server's default key of a type"),
    )
    .addOption(
      algorithmOption("--algorithm <name>", "signing algorithm (default: one that fits the key)"),
    )
    .addOption(
      new Option("--verify [share]", "check the signatures with the public key, all or some: 1%")
        .argParser(parseShare).preset("100%"),
    );
}

function addOutput(bench: Command): void {
  bench
    .addOption(
      new Option("-O, --format <format>", "of the report").choices(reportFormats)
        .default("summary"),
    )
    .option("-o, --output <file>", "write the report here")
    .option("--name <text>", "a name for the report")
    .option("--interval <duration>", "between interim figures", positive, 5000)
    .option(
      "--assert <conditions>",
      "exit with 3 unless 'p99<1ms,errors=0,rps>10000'",
      parseConditions,
    );
}

function addModes(bench: Command): void {
  bench.command("connect")
    .alias("CONNECT")
    .description("Measure connections: each is made, up to the server's SETTINGS, and closed")
    .addHelpText("before", examples("signer bench connect --to vsock:16:5000 -c 100 -z 10s"))
    .action(async (_, command: Command) =>
      (await import("./run.ts")).runConnect(command.optsWithGlobals())
    );
  bench.command("soak [method]")
    .description("Load for long, and watch memory, descriptors and errors over time")
    .addHelpText(
      "before",
      examples("signer bench soak sign -z 10m -r 500 --assert 'server_memory_growth<20MB'"),
    )
    .action(async (method, _, command: Command) =>
      (await import("./soak.ts")).runSoak(method, command.optsWithGlobals())
    );
  bench.command("ramp [method]")
    .description("Raise the rate until the server does not keep up, and say where the knee is")
    .addHelpText(
      "before",
      examples("signer bench ramp sign --load-start 100 --load-step-duration 3s"),
    )
    .action(async (method, _, command: Command) =>
      (await import("./ramp.ts")).runRamp(method, command.optsWithGlobals())
    );
}

function addReports(bench: Command): void {
  bench.command("compare <reports...>")
    .description("Compare two sets of runs, written by -O json, by the noise between runs")
    .addHelpText(
      "before",
      examples(
        "signer bench compare before.json after.json --fail",
        "signer bench compare before-*.json -- after-*.json",
      ),
    )
    .option("--fail", "exit with 3 when a figure got worse")
    .action(async (files, _, command: Command) =>
      (await import("./compare.ts")).compare(
        files,
        operandsAfterDashes(command),
        command.optsWithGlobals(),
      )
    );
  bench.command("merge <reports...>")
    .description("Join the reports of several machines that made load at the same time")
    .addHelpText("before", examples("signer bench merge *.json -O html -o all.html"))
    .action(async (files, _, command: Command) =>
      (await import("./merge.ts")).merge(files, command.optsWithGlobals())
    );
}

/** The number of operands after `--`, which commander drops; undefined where there is no `--`. */
function operandsAfterDashes(command: Command): number | undefined {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { readonly rawArgs: readonly string[] };
  const at = rawArgs.indexOf("--");
  return at < 0 ? undefined : rawArgs.length - at - 1;
}

/** A duration above 0. */
function positive(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("It must be longer than 0.");
}
