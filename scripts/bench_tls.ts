/**
 * TLS beside a C server over the same libssl, tonic with rustls, and grpc-go, in one run on one machine:
 *
 *   deno task bench:tls [--handshakes 2000] [--rounds 5] [--workers 1] [--idle 10000] [--no-peers] [--json FILE]
 *
 * - handshakes: a full one, a resumed one, and one with a client's certificate;
 * - records: the echo of 64 bytes by a server of TLS alone;
 * - calls: a small unary call at 8 connections × 32, over TLS and in plaintext;
 * - memory of idle connections.
 *
 * The figure is the processor time of the server for one operation: the median of rounds, in which all servers are
 * loaded by turns. Each server has one thread that serves: signer has one worker, as it has one for each core by
 * default; `--workers 0` measures it on Deno's event loop. `scripts/bench_tls/baseline.c` is the C server and the
 * client of all. Certificates have P-256 keys; the cipher is TLS_AES_128_GCM_SHA256.
 *
 * Needs cc and the headers of OpenSSL 3 (Debian: gcc, libssl-dev); and, but with `--no-peers`, Rust, Go and
 * `deno task peers`, to build the servers of `scripts/peers`.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { devCaFiles, writeDevCa } from "../src/cli/dev_ca.ts";
import { encodePrivateKey, openProvider } from "../src/crypto/mod.ts";
import { buildGrpcGo, buildTonic } from "./bench_peers/programs.ts";
import {
  type Figure,
  type IdleFigure,
  measureIdle,
  measureRow,
  type Row,
  unaryCalls,
} from "./bench_tls/rows.ts";
import { type Candidate, candidates, names, type Security } from "./bench_tls/servers.ts";
import { runCommand } from "./run_command.ts";
import { root } from "./serve_process.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    handshakes: { type: "string", default: "2000" },
    records: { type: "string", default: "50000" },
    calls: { type: "string", default: "300000" },
    idle: { type: "string", default: "10000" },
    rounds: { type: "string", default: "5" },
    workers: { type: "string", default: "1" },
    peers: { type: "boolean", default: true },
    json: { type: "string" },
  },
});
const counts = {
  handshakes: Number(values.handshakes),
  records: Number(values.records),
  calls: Number(values.calls),
  idle: Number(values.idle),
};

/** The keys that the peers load. */
const KEY_TYPES = ["ecdsa-p256", "rsa-2048", "rsa-3072"] as const;

const folder = await Deno.makeTempDir({ prefix: "signer-tls-" });
const baseline = join(folder, "baseline");
const ca = devCaFiles(folder);
const echo = [
  ...[Deno.execPath(), "run", "--quiet", "-P=test"],
  join(root, "scripts/bench_tls/echo_server.ts"),
];

async function prepare() {
  const { provider } = openProvider("openssl");
  await writeDevCa(provider, ca);
  for (const type of KEY_TYPES) {
    using key = await provider.generate(type);
    const pem = encodePrivateKey(key, "pem");
    await Deno.writeFile(join(folder, `${type}.pem`), pem, { mode: 0o600 });
  }
  const source = join(root, "scripts/bench_tls/baseline.c");
  await runCommand("cc", ["-O2", "-o", baseline, source, "-lssl", "-lcrypto"]);
  const programs = values.peers
    ? { tonic: await buildTonic(), grpcGo: await buildGrpcGo() }
    : undefined;
  return candidates({ ca, keys: folder, baseline, echo }, values.workers, programs);
}

/** Returns the rows of a table with one column for each of `columns`. */
function rowsOf({ c, stream, signer, tonic, go }: Awaited<ReturnType<typeof prepare>>): Row[] {
  const all = [c, signer, tonic, go].filter((one) => one !== undefined);
  const { handshakes: count } = counts;
  const handshake = (what: string, security: Security, ...args: string[]): Row => ({
    what,
    count,
    servers: all.map((one) => [one, security]),
    load: ({ port }) => runCommand(baseline, ["handshakes", port, `${count}`, ...args]),
  });
  const own = [ca.client.certificate, ca.client.privateKey];
  const calling = all.filter((one) => one !== c);
  const calls = (what: string, security: Security): Row => ({
    what,
    count: counts.calls,
    servers: calling.map((one) => [one, security]),
    load: (server) => unaryCalls(server, security, counts.calls, ca.ca.certificate),
  });
  return [
    handshake("full handshake", "tls", "full"),
    handshake("resumed handshake", "tls", "resumed"),
    handshake("handshake with a client certificate", "mutual", "full", ...own),
    {
      what: "echo of 64 bytes, without HTTP/2",
      count: counts.records,
      servers: [[c!, "tls"], [stream!, "tls"]],
      load: ({ port }) => runCommand(baseline, ["echo", port, `${counts.records}`, "64"]),
    },
    calls("small unary call, 8×32, in plaintext", "plaintext"),
    calls("small unary call, 8×32, over TLS", "tls"),
  ];
}

/** Formats the figures of a row: microseconds, with the ratio to the first figure. */
function line(what: string, figures: readonly Figure[]): string {
  const cells = Object.values(names).map((name) => {
    const figure = figures.find((one) => one.name === name);
    if (figure === undefined) return "";
    const { micros } = figure;
    const digits = micros < 100 ? 2 : 0;
    const ratio = figures[0].name === names.c && figure !== figures[0]
      ? ` (${(100 * figures[0].micros / micros).toFixed(0)} %)`
      : "";
    return `${micros.toFixed(digits)} µs${ratio}`;
  });
  return `| ${[what, ...cells].join(" | ")} |`;
}

try {
  const servers = await prepare();
  const columns = Object.values(names);
  console.log(`| operation | ${columns.join(" | ")} |\n| --- |${" --- |".repeat(columns.length)}`);
  const figures: Record<string, readonly Figure[]> = {};
  for (const row of rowsOf(servers)) {
    figures[row.what] = await measureRow(row, Number(values.rounds));
    console.log(line(row.what, figures[row.what]));
  }
  const idle: IdleFigure[] = [];
  for (const one of Object.values(servers) as Candidate[]) {
    if (one.name !== names.stream) idle.push(await measureIdle(one, counts.idle, baseline));
  }
  const cells = columns.map((name) => {
    const figure = idle.find((one) => one.name === name);
    if (figure === undefined) return "";
    const { total, each } = figure;
    return `${(total / 2 ** 20).toFixed(0)} MiB, ${(each / 1024).toFixed(1)} KiB each`;
  });
  console.log(`| ${[`${counts.idle} idle connections`, ...cells].join(" | ")} |`);
  if (values.json !== undefined) {
    await Deno.writeTextFile(values.json, `${JSON.stringify({ figures, idle }, null, 2)}\n`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
