/**
 * Measures signatures of a server under load beside those of its library alone:
 *
 *   deno task bench:signing [--rounds 5] [--seconds 2] [--workers 2] [--libcrypto FILE] [--aws-lc FILE]
 *     [rsa-2048|rsa-3072|ecdsa-p256]...
 *
 * Turns of two kinds alternate, and medians are printed with their range:
 *
 * - signatures per second of `serve --workers N` under `h2load -c 8 -m 4`, of which the server should reach 90 % of the
 *   library's;
 * - those of N processes that do nothing but sign (`scripts/bench_signing/speed.c`), as `openssl speed -elapsed -multi N`
 *   counts them, and their CPU time per signature, of which a call should cost at most 110 %. All CPUs are busy in both,
 *   because CPUs that share a core make each other slower.
 *
 * h2load runs on the same CPUs as the server and takes a part of their time, as a client on another machine does not.
 * That part is printed, and the share of the signatures that the library makes in the rest of the time.
 *
 * The server signs with the system's libcrypto; with that of `--libcrypto`, such as `.cache/openssl/libcrypto.so.3` of
 * `deno task openssl`; or with the library of `--aws-lc`, such as `.cache/aws-lc/libaws_lc.so` of `deno task aws-lc`.
 * (The program `openssl` of a machine runs with no other libcrypto than its own.) Needs Linux, cc, and h2load (Debian:
 * nghttp2-client).
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { type KeyType, keyTypes, type PublicKeys, type Row, rows } from "./bench_peers/rows.ts";
import { elapsed, Server } from "./bench_peers/servers.ts";
import { load } from "./h2load.ts";
import { runCommand } from "./run_command.ts";
import { onLoopback, root, serveCommand } from "./serve_process.ts";
import { spread } from "./statistics.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    workers: { type: "string", default: "2" },
    libcrypto: { type: "string" },
    "aws-lc": { type: "string" },
  },
});
const seconds = Number(options.seconds);
const libcrypto = options.libcrypto && resolve(options.libcrypto);
const awsLc = options["aws-lc"] && resolve(options["aws-lc"]);

/** Duration of the first load: V8 compiles code for the first 20,000 calls of each worker. */
const WARM_UP_SECONDS = 10;

const SHAPE = { connections: 8, streams: 4 };

/** Signatures per second of a server or of a library, and microseconds of its CPU time for each. */
interface Speed {
  readonly perSecond: number;
  readonly micros: number;
}

/** The speed of a server, and the part of the CPU time of `--workers` CPUs that h2load has used. */
interface Served extends Speed {
  readonly clientPart: number;
}

/** The clock ticks of /proc/PID/stat in a second, sysconf(_SC_CLK_TCK). */
const TICKS = 100;

/** Returns the seconds of CPU time of child processes that have ended: cutime and cstime of proc_pid_stat(5). */
function childrenSeconds(): number {
  const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Measures the library alone, in as many processes as the server has workers. */
async function bare(program: string, key: string): Promise<Speed> {
  const library = awsLc ?? libcrypto ?? "libcrypto.so.3";
  const args = [library, key, `${seconds}`, options.workers];
  const [perSecond, micros] = (await runCommand(program, args)).split(" ").map(Number);
  return { perSecond, micros };
}

async function served(
  row: Row,
  server: Server,
  keys: PublicKeys,
  body: string,
  forSeconds = seconds,
): Promise<Served> {
  using channel = openNativeChannel({ addresses: [server.host] });
  const answerBytes = await row.check(channel, keys);
  const call = { url: `http://${server.host}${row.path}`, body, answerBytes };
  const [before, children] = [server.threadTimes(), childrenSeconds()];
  const { done, failed, requestsPerSecond } = await load(call, SHAPE, { seconds: forSeconds });
  const nanoseconds = elapsed(before, server.threadTimes());
  if (failed > 0) throw new Error(`${failed} of ${done} calls failed`);
  const clientPart = (childrenSeconds() - children) / (forSeconds * Number(options.workers));
  return { perSecond: requestsPerSecond, micros: nanoseconds / 1_000 / done, clientPart };
}

function fixed(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}

const folder = await Deno.makeTempDir({ prefix: "signer-signing-" });
try {
  const program = join(folder, "speed");
  const source = join(root, "scripts", "bench_signing", "speed.c");
  await runCommand("cc", ["-O2", "-Wall", "-o", program, source, "-ldl"]);
  const keys = Object.fromEntries(
    await Promise.all(keyTypes.map(async (type) => {
      const file = join(folder, `${type}.pem`);
      const keygen = ["run", "--quiet", "-P", join(root, "main.ts"), "keygen"];
      await runCommand(Deno.execPath(), [...keygen, "--type", type, "--out", file], { cwd: root });
      const key = createPrivateKey(await Deno.readTextFile(file));
      const der = key.export({ format: "der", type: "pkcs8" });
      await Deno.writeFile(join(folder, `${type}.der`), der, { mode: 0o600 });
      return [type, createPublicKey(key)];
    })),
  ) as PublicKeys;
  await using server = await Server.open({
    name: "signer",
    own: true,
    echoes: true,
    command: serveCommand(root, [
      ...onLoopback,
      ...keyTypes.flatMap((type) => ["--key", `${type}=${join(folder, `${type}.pem`)}`]),
      ...["--provider", awsLc ? "aws-lc" : "openssl"],
      ...["--log-level", "error", "--workers", options.workers],
    ]),
    env: {
      ...(libcrypto ? { SIGNER_LIBCRYPTO: libcrypto } : {}),
      ...(awsLc ? { SIGNER_AWS_LC: awsLc } : {}),
    },
  }, undefined);
  const chosen = positionals.length > 0 ? positionals : ["rsa-2048", "rsa-3072"];
  for (const type of chosen as KeyType[]) {
    const row = rows.find(({ keyType }) => keyType === type);
    if (row === undefined) throw new Error(`No row has a key of type ${type}`);
    const body = join(folder, "request.bin");
    await Deno.writeFile(body, row.body);
    await served(row, server, keys, body, WARM_UP_SECONDS);
    const figures: { served: Served; bare: Speed }[] = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      figures.push({
        bare: await bare(program, join(folder, `${type}.der`)),
        served: await served(row, server, keys, body),
      });
    }
    const print = (name: string, value: (figure: typeof figures[0]) => number, digits: number) =>
      console.log(`  ${name.padEnd(24)}${spread(figures.map(value), fixed(digits))}`);
    console.log(`${type}, ${options.workers} workers`);
    print("library, per second", ({ bare }) => bare.perSecond, 0);
    print("signer, per second", ({ served }) => served.perSecond, 0);
    print("share in %", ({ served, bare }) => 100 * served.perSecond / bare.perSecond, 1);
    print("h2load, % of the CPUs", ({ served }) => 100 * served.clientPart, 1);
    print(
      "share of the rest in %",
      ({ served, bare }) => 100 * served.perSecond / bare.perSecond / (1 - served.clientPart),
      1,
    );
    print("library, µs of CPU", ({ bare }) => bare.micros, 1);
    print("signer, µs of CPU", ({ served }) => served.micros, 1);
    print("ratio", ({ served, bare }) => served.micros / bare.micros, 3);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
