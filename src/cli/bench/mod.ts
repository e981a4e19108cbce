/** `signer bench`: load-tests a gRPC server. @module */
import { Command, InvalidArgumentError, Option } from "commander";
import { reportFormats } from "../../bench/mod.ts";
import { withSchema, withTargets, withTls, withToken } from "../client/options/mod.ts";
import { collect } from "../collect.ts";
import { parseDuration, wholeNumber } from "../../config/mod.ts";
import { examples } from "../help.ts";
import { algorithmOption, keyTypeOption } from "../key_options.ts";
import { parseConditions, parseRate, parseShare } from "./parsers.ts";

/** The largest values of -c, --connections and --threads. With more, a machine measures only itself. */
const limits = { concurrency: 1_000_000, connections: 100_000, threads: 256 } as const;

/**
 * The command `signer bench`. Options belong to the command itself, so they may precede or follow the
 * subcommand. Actions import their modules when they run.
 */
export function benchCommand(): Command {
  const bench = new Command("bench")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "before",
      examples(
        "signer bench echo --to 127.0.0.1:50051",
        "signer bench sign --to 10.0.0.5:50051 -z 30s -c 64 --connections 8",
        "signer bench sign --to vsock:16:5000 -r 2000 --assert 'p99<5ms,errors=0'",
        "signer bench pipeline --audio 10s --to 10.0.0.5:50051",
        "signer bench connect --to 10.0.0.5:50051 -c 100 -n 10000",
        "signer bench sign --to 10.0.0.5:50051 --tls-ca ca.pem",
        "signer bench echo --to 10.0.0.5:50051 --against 10.0.0.6:50051 --repeat 5",
      ),
    )
    .argument("[method]", "echo, sign, pipeline, or any method, such as signer.v1.EchoService/Echo")
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
  withToken(withTls(withTargets(bench, {
    to: "server to test (env: SIGNER_ADDRESS; default: starts one)",
    connectTimeout: "10s",
  })))
    .addOption(
      new Option("--deadline <duration>", "time limit of each request; 0s for none")
        .argParser(parseDuration).default(20_000, "20s"),
    )
    .option(
      "--server-pid <pid>",
      "process of the server on this machine, to measure its CPU and memory",
      wholeNumber(1, 2 ** 31),
    );
}

function addLoad(bench: Command): void {
  bench
    .option("-n, --total <n>", "number of requests", wholeNumber(1, 1e15))
    .option("-z, --duration <duration>", "duration of the load (default: 5s, without -n)", positive)
    .option("-x, --max-duration <duration>", "time limit of -n", positive)
    .option(
      "-c, --concurrency <n>",
      "number of concurrent requests",
      wholeNumber(1, limits.concurrency),
      50,
    )
    .option(
      "--connections <n>",
      "number of connections to each server",
      wholeNumber(1, limits.connections),
      1,
    )
    .option("--threads <n>", "number of client threads", wholeNumber(1, limits.threads), 1)
    .option(
      "--warmup <duration>",
      "duration of the load before the measurement (default: 1s, without -n)",
      parseDuration,
    )
    .option(
      "-r, --rps <rate>",
      "requests per second, sent on schedule regardless of responses (open loop)",
      parseRate,
    )
    .addOption(
      new Option("--load-schedule <kind>", "schedule of the rate: constant, step or line")
        .choices(["const", "step", "line"]),
    )
    .option("--load-start <rate>", "rate at the start of a step or line schedule", parseRate)
    .option("--load-end <rate>", "rate at the end of a step or line schedule", parseRate)
    .option("--load-step <rate>", "change of the rate with each step", parseRate)
    .option("--load-step-duration <duration>", "duration of each step", positive)
    .option("--load-max-duration <duration>", "duration of a line schedule (default: -z)", positive)
    .option("--repeat <n>", "run the load n times and report each run", wholeNumber(1, 1000))
    .option(
      "--against <address>",
      "second server to compare: runs alternate between it and --to",
      collect,
    )
    .option("--seed <n>", "seed of all random numbers", wholeNumber(0, 2 ** 31), 1);
}

function addWork(bench: Command): void {
  withSchema(bench)
    .option(
      "--payload <bytes|file>",
      "payload of echo and sign: a number of bytes, or a file",
      "32",
    )
    .option("--manifest <file>", "manifest for pipeline (default: resamples 44.1 kHz to 16 kHz)")
    .addOption(
      new Option("--audio <duration>", "length of the audio for pipeline, 44.1 kHz I16")
        .argParser(parseDuration).default(1_000, "1s"),
    )
    .option("-d, --data <json>", "request of any other method: JSON, @FILE, or @ for stdin")
    .addOption(new Option("--key <id>", "signing key, by its id").conflicts("keyType"))
    .addOption(
      keyTypeOption("--key-type <type>", "signing key: the server's default of a type"),
    )
    .addOption(
      algorithmOption("--algorithm <name>", "signing algorithm (default: one that fits the key)"),
    )
    .addOption(
      new Option("--verify [share]", "verify all signatures, or a share such as 1%")
        .argParser(parseShare).preset("100%"),
    );
}

function addOutput(bench: Command): void {
  bench
    .addOption(
      new Option("-O, --format <format>", "format of the report").choices(reportFormats)
        .default("summary"),
    )
    .option("-o, --output <file>", "write the report to a file")
    .option("--name <text>", "name of the report")
    .addOption(
      new Option("--interval <duration>", "time between progress reports").argParser(positive)
        .default(5_000, "5s"),
    )
    .option(
      "--assert <conditions>",
      "exit with 3 unless all conditions hold, such as 'p99<1ms,errors=0,rps>10000'",
      parseConditions,
    );
}

function addModes(bench: Command): void {
  bench.command("connect")
    .alias("CONNECT")
    .description("Measure connections: open each, wait for the server's SETTINGS, close it")
    .addHelpText("before", examples("signer bench connect --to vsock:16:5000 -c 100 -z 10s"))
    .action(async (_, command: Command) =>
      (await import("./run.ts")).runConnect(command.optsWithGlobals())
    );
  bench.command("soak [method]")
    .description("Run a long load and watch memory, descriptors and errors")
    .addHelpText(
      "before",
      examples("signer bench soak sign -z 10m -r 500 --assert 'server_memory_growth<20MB'"),
    )
    .action(async (method, _, command: Command) =>
      (await import("./soak.ts")).runSoak(method, command.optsWithGlobals())
    );
  bench.command("ramp [method]")
    .description("Find the highest rate that the server keeps up with")
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
    .description("Compare two sets of runs in JSON reports, and tell changes from noise")
    .addHelpText(
      "before",
      examples(
        "signer bench compare before.json after.json --fail",
        "signer bench compare before-*.json -- after-*.json",
      ),
    )
    .option("--fail", "exit with 3 when a figure is worse")
    .action(async (files, _, command: Command) =>
      (await import("./compare.ts")).compare(
        files,
        operandsAfterDashes(command),
        command.optsWithGlobals(),
      )
    );
  bench.command("merge <reports...>")
    .description("Merge JSON reports of machines that ran the load at the same time")
    .addHelpText("before", examples("signer bench merge *.json -O html -o all.html"))
    .action(async (files, _, command: Command) =>
      (await import("./merge.ts")).merge(files, command.optsWithGlobals())
    );
}

/** Returns the number of operands after `--`, which commander drops; undefined without `--`. */
function operandsAfterDashes(command: Command): number | undefined {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { readonly rawArgs: readonly string[] };
  const at = rawArgs.indexOf("--");
  return at < 0 ? undefined : rawArgs.length - at - 1;
}

/** Parses a duration above 0. */
function positive(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("It must be longer than 0.");
}
