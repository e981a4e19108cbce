/**
 * Measures signatures of a server under load beside `openssl speed` with the same libcrypto:
 *
 *   deno task bench:signing [--rounds 5] [--seconds 2] [--workers 2] [--libcrypto FILE] [rsa-2048|rsa-3072|ecdsa-p256]...
 *
 * Turns of three kinds alternate, and medians are printed with their range:
 *
 * - signatures per second of `serve --workers N` under `h2load -c 8 -m 4`;
 * - those of `openssl speed -elapsed -multi N`, of which the server should reach 90 %;
 * - CPU time of a signature by N processes of `openssl speed` at once, of which a call should cost at most 110 %. All
 *   CPUs are busy in both, because those that share a core make each other slower. (`-multi` measures no CPU time.)
 *
 * h2load runs on the same CPUs as the server, which has the less for it: its share is printed too.
 *
 * `--libcrypto` names a `libcrypto.so.3`, such as `.cache/openssl/libcrypto.so.3` of `deno task openssl`. Needs Linux,
 * h2load (Debian: nghttp2-client) and openssl.
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { dirname, join, resolve } from "node:path";
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
  },
});
const seconds = Number(options.seconds);
const libcrypto = options.libcrypto && resolve(options.libcrypto);

/** The names of the key types in openssl-speed(1ssl). */
const speedNames: Readonly<Record<KeyType, string>> = {
  "ecdsa-p256": "ecdsap256",
  "rsa-2048": "rsa2048",
  "rsa-3072": "rsa3072",
};

const SHAPE = { connections: 8, streams: 4 };

/** Signatures per second by `openssl speed`. */
async function speed(type: KeyType, ...more: readonly string[]): Promise<number> {
  const { stdout } = await new Deno.Command("openssl", {
    args: [
      "speed",
      "-mr",
      "-seconds",
      `${Math.max(1, Math.round(seconds))}`,
      ...more,
      speedNames[type],
    ],
    env: libcrypto ? { LD_LIBRARY_PATH: dirname(libcrypto) } : {},
    stderr: "null",
  }).output();
  // "+F2:2:2048:0.000259:0.000008" has seconds, and other versions and kinds of keys have signatures per second.
  const line = new TextDecoder().decode(stdout).split("\n").findLast((line) => /^\+F\d/.test(line));
  const value = Number(line?.split(":").at(-2));
  if (!(value > 0)) throw new Error(`openssl speed printed no figure for ${type}`);
  return value < 1 ? 1 / value : value;
}

/** Microseconds of CPU time per signature by processes of `openssl speed` at once, as many as workers. */
async function bareMicros(type: KeyType): Promise<number> {
  const processes = Array.from({ length: Number(options.workers) }, () => speed(type));
  const rates = await Promise.all(processes);
  return rates.length * 1e6 / rates.reduce((sum, rate) => sum + rate, 0);
}

/** The figures of one turn of the server. */
interface ServedFigures {
  readonly perSecond: number;
  /** Microseconds of the server's CPU time per signature. */
  readonly micros: number;
}

async function served(
  row: Row,
  server: Server,
  keys: PublicKeys,
  body: string,
): Promise<ServedFigures> {
  using channel = openNativeChannel({ addresses: [server.host] });
  const answerBytes = await row.check(channel, keys);
  const call = { url: `http://${server.host}${row.path}`, body, answerBytes };
  const before = server.threadTimes();
  const { done, failed, requestsPerSecond } = await load(call, SHAPE, { seconds });
  const nanoseconds = elapsed(before, server.threadTimes());
  if (failed > 0) throw new Error(`${failed} of ${done} calls failed`);
  return { perSecond: requestsPerSecond, micros: nanoseconds / 1_000 / done };
}

function fixed(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}

const folder = await Deno.makeTempDir({ prefix: "signer-signing-" });
try {
  const keys = Object.fromEntries(
    await Promise.all(keyTypes.map(async (type) => {
      const file = join(folder, `${type}.pem`);
      const keygen = ["run", "--quiet", "-P", join(root, "main.ts"), "keygen"];
      await runCommand(Deno.execPath(), [...keygen, "--type", type, "--out", file], { cwd: root });
      return [type, createPublicKey(createPrivateKey(await Deno.readTextFile(file)))];
    })),
  ) as PublicKeys;
  await using server = await Server.open({
    name: "signer",
    own: true,
    echoes: true,
    command: serveCommand(root, [
      ...onLoopback,
      ...keyTypes.flatMap((type) => ["--key", `${type}=${join(folder, `${type}.pem`)}`]),
      ...["--provider", "openssl", "--log-level", "error", "--workers", options.workers],
    ]),
    env: libcrypto ? { SIGNER_LIBCRYPTO: libcrypto } : {},
  }, undefined);
  const chosen = positionals.length > 0 ? positionals : ["rsa-2048", "rsa-3072"];
  for (const type of chosen as KeyType[]) {
    const row = rows.find(({ keyType }) => keyType === type);
    if (row === undefined) throw new Error(`No row has a key of type ${type}`);
    const body = join(folder, "request.bin");
    await Deno.writeFile(body, row.body);
    // Compiles the code of the call.
    await served(row, server, keys, body);
    const figures: { served: ServedFigures; speed: number; bare: number }[] = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      figures.push({
        speed: await speed(type, "-elapsed", "-multi", options.workers),
        served: await served(row, server, keys, body),
        bare: await bareMicros(type),
      });
    }
    const column = (value: (figure: typeof figures[0]) => number) => figures.map(value);
    console.log(`${type}, ${options.workers} workers`);
    console.log(`  openssl speed -multi: ${spread(column((f) => f.speed), fixed(0))} signatures/s`);
    console.log(`  signer:               ${spread(column((f) => f.served.perSecond), fixed(0))}`);
    console.log(
      `  share:                ${
        spread(column((f) => 100 * f.served.perSecond / f.speed), fixed(1))
      } %`,
    );
    console.log(`  CPU, openssl speed:   ${spread(column((f) => f.bare), fixed(1))} µs`);
    console.log(`  CPU, signer:          ${spread(column((f) => f.served.micros), fixed(1))} µs`);
    console.log(
      `  ratio:                ${spread(column((f) => f.served.micros / f.bare), fixed(3))}`,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
