/**
 * TLS beside a C server over the same libssl, in one run on one machine:
 *
 *   deno task bench:tls [--handshakes 2000] [--rounds 3] [--idle 10000] [--json FILE]
 *
 * - handshakes: processor time of the server for a full one, a resumed one, and one with a client's certificate;
 * - records: processor time of the server to echo 64 bytes;
 * - calls: processor time of the server for a small unary call at 8 connections × 32, over TLS and in plaintext;
 * - memory of idle connections.
 *
 * `scripts/bench_tls/baseline.c` is the C server and the client of both. Rounds alternate between the servers, and the
 * median of the rounds counts. Certificates have P-256 keys; the cipher is TLS_AES_128_GCM_SHA256. Needs cc and the
 * headers of OpenSSL 3 (Debian: gcc, libssl-dev).
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { devCaFiles, writeDevCa } from "../src/cli/dev_ca.ts";
import { openProvider } from "../src/crypto/mod.ts";
import { libc } from "../src/ffi/mod.ts";
import { runCommand } from "./run_command.ts";
import { onLoopback, root, serve } from "./serve_process.ts";

const { values } = parseArgs({
  options: {
    handshakes: { type: "string", default: "2000" },
    records: { type: "string", default: "50000" },
    calls: { type: "string", default: "300000" },
    idle: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const counts = {
  handshakes: Number(values.handshakes),
  records: Number(values.records),
  calls: Number(values.calls),
  idle: Number(values.idle),
};
const rounds = Number(values.rounds);

const folder = await Deno.makeTempDir();
const baseline = join(folder, "baseline");
const { ca, server, client } = devCaFiles(folder);

/** A server process under test. */
interface Server {
  readonly name: string;
  readonly pid: number;
  readonly port: string;
  end(): Promise<unknown>;
}

type Starter = (mutual: boolean) => Promise<Server>;

/** Microseconds of processor time that a process has spent: fields 14 and 15 of proc_pid_stat(5), in hundredths. */
function cpuMicros(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return (libc.statField(stat, 14) + libc.statField(stat, 15)) * 10_000;
}

/** Resident bytes of a process. */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]) * 1024;
}

async function run(...[command, ...args]: string[]): Promise<void> {
  await runCommand(command, args);
}

/** Starts a server that prints its port. */
async function spawn(name: string, ...args: string[]): Promise<Server> {
  const child = new Deno.Command(args[0], { args: args.slice(1), stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return {
    name,
    pid: child.pid,
    port: new TextDecoder().decode(value).trim(),
    end() {
      child.kill("SIGKILL");
      return child.status;
    },
  };
}

const startBaseline: Starter = (mutual) =>
  spawn(
    "C over libssl",
    ...[baseline, "serve", server.certificate, server.privateKey],
    ...(mutual ? [ca.certificate] : []),
  );

const startEcho: Starter = () =>
  spawn(
    "TlsStream",
    ...[
      Deno.execPath(),
      "run",
      "--quiet",
      "-P=test",
      join(root, "scripts/bench_tls/echo_server.ts"),
    ],
    ...[server.certificate, server.privateKey],
  );

const signerTls = ["--tls-cert", server.certificate, "--tls-key", server.privateKey];

async function startSigner(name: string, options: readonly string[]): Promise<Server> {
  const { child, addresses } = await serve(
    root,
    [
      ...onLoopback,
      "--workers",
      "0",
      "--generate",
      "ecdsa-p256",
      "--log-level",
      "error",
      ...options,
    ],
  );
  return {
    name,
    pid: child.pid,
    port: /\d+$/.exec(addresses[0])![0],
    end() {
      child.kill("SIGKILL");
      return child.status;
    },
  };
}

/** A figure of two servers, in microseconds of processor time for one operation: the median of the rounds. */
interface Comparison {
  readonly what: string;
  readonly before: string;
  readonly beforeMicros: number;
  readonly after: string;
  readonly afterMicros: number;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

/** Loads both servers by turns and compares their processor time for one of `count` operations. */
async function compare(
  what: string,
  count: number,
  servers: readonly [Server, Server],
  load: (server: Server) => Promise<void>,
): Promise<Comparison> {
  const micros: [number[], number[]] = [[], []];
  for (const each of servers) await load(each);
  for (let round = 0; round < rounds; round++) {
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const { pid } = servers[at];
      const before = cpuMicros(pid);
      await load(servers[at]);
      micros[at].push((cpuMicros(pid) - before) / count);
    }
  }
  await Promise.all(servers.map((each) => each.end()));
  const [beforeMicros, afterMicros] = micros.map(median);
  const [before, after] = servers.map(({ name }) => name);
  print(what, `${before} ${beforeMicros.toFixed(1)} µs`, `${after} ${afterMicros.toFixed(1)} µs`, {
    ratio: beforeMicros / afterMicros,
  });
  return { what, before, beforeMicros, after, afterMicros };
}

function print(what: string, before: string, after: string, { ratio }: { ratio: number }): void {
  console.log(
    `${what.padEnd(24)} ${before.padEnd(24)} ${after.padEnd(24)} ${(100 * ratio).toFixed(0)} %`,
  );
}

/** The three kinds of handshakes. */
async function measureHandshakes(): Promise<Comparison[]> {
  const { handshakes: count } = counts;
  const own = [client.certificate, client.privateKey];
  const kinds = [
    { what: "full handshake", mutual: false, args: ["full"] },
    { what: "resumed handshake", mutual: false, args: ["resumed"] },
    { what: "mutual handshake", mutual: true, args: ["full", ...own] },
  ];
  const comparisons: Comparison[] = [];
  for (const { what, mutual, args } of kinds) {
    const signer = [...signerTls, ...(mutual ? ["--tls-client-ca", ca.certificate] : [])];
    comparisons.push(
      await compare(
        what,
        count,
        [await startBaseline(mutual), await startSigner("signer", signer)],
        ({ port }) => run(baseline, "handshakes", port, `${count}`, ...args),
      ),
    );
  }
  return comparisons;
}

async function measureRecords(): Promise<Comparison> {
  const { records: count } = counts;
  return await compare(
    "echo of 64 bytes",
    count,
    [await startBaseline(false), await startEcho(false)],
    ({ port }) => run(baseline, "echo", port, `${count}`, "64"),
  );
}

/** Small unary calls at 8 connections × 32, by signer's own load generator. */
async function measureCalls(): Promise<Comparison> {
  const { calls: count } = counts;
  const shape = ["-n", `${count}`, "-c", "256", "--connections", "8", "--payload", "10"];
  const bench = [Deno.execPath(), "run", "--quiet", "-P=bench", join(root, "main.ts"), "bench"];
  return await compare(
    "unary call, 8×32",
    count,
    [await startSigner("plaintext", []), await startSigner("TLS", signerTls)],
    ({ name, port }) =>
      run(
        ...bench,
        ...["echo", "--to", `127.0.0.1:${port}`, ...shape],
        ...(name === "TLS" ? ["--tls-ca", ca.certificate] : []),
      ),
  );
}

/** Resident memory of one idle connection, over TLS and in plaintext. */
async function measureIdle(): Promise<{ count: number; bytes: number; total: number }> {
  const { idle: count } = counts;
  libc.raiseDescriptorLimit();
  const signer = await startSigner("signer", signerTls);
  await run(baseline, "handshakes", signer.port, "200", "full");
  const before = residentBytes(signer.pid);
  const child = new Deno.Command(baseline, {
    args: ["idle", signer.port, `${count}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`${count} connections could not be opened: raise ulimit -n`);
  const total = residentBytes(signer.pid);
  const bytes = (total - before) / count;
  await child.stdin.close();
  await reader.cancel();
  await child.status;
  await signer.end();
  console.log(
    `${count} idle connections    ${(total / 2 ** 20).toFixed(0)} MiB resident, ` +
      `${(bytes / 1024).toFixed(1)} KiB each`,
  );
  return { count, bytes, total };
}

try {
  await writeDevCa(openProvider("openssl").provider, { ca, server, client });
  const source = join(root, "scripts/bench_tls/baseline.c");
  await run("cc", "-O2", "-o", baseline, source, "-lssl", "-lcrypto");
  const comparisons = [
    ...await measureHandshakes(),
    await measureRecords(),
    await measureCalls(),
  ];
  const idle = await measureIdle();
  if (values.json !== undefined) {
    await Deno.writeTextFile(values.json, `${JSON.stringify({ comparisons, idle }, null, 2)}\n`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
