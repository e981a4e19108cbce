/**
 * Measures `signer bench` as a client beside h2load and ghz, against one server:
 *
 *   deno task bench:client [--rounds 5] [--seconds 2] [--ghz FILE]
 *
 * The server, with one worker, has CPU 0, and the clients have CPU 1. They load it with Echo by turns. The figures
 * are requests per second, and requests per second of the client's CPU time, medians with their ranges. For
 * `signer bench` the CPU time is that of the measured load, after a warm-up of 3 s: with one request at a time, V8 has
 * not compiled the client's code sooner. For the others it is that of the whole process, whose start is short.
 *
 * Needs Linux with two CPUs, taskset, bash and h2load (Debian: nghttp2-client). Without ghz its column is left out.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { isInstalled } from "../tests/_support/is_installed.ts";
import { type Row, rows } from "./bench_peers/rows.ts";
import { Server } from "./bench_peers/servers.ts";
import { v8Flags } from "./compile/program.ts";
import { onLoopback, root, serveCommand } from "./serve_process.ts";
import { median, spread } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    ghz: { type: "string", default: "ghz" },
  },
});
const seconds = Number(options.seconds);

const SERVER_CPU = 0;
const CLIENT_CPU = 1;

/** The warm-up of `signer bench`, after some 40,000 requests in succession. */
const WARMUP_SECONDS = 3;

/** A load: calls at once, and connections. */
interface Load {
  readonly calls: number;
  readonly connections: number;
}

const loads: readonly Load[] = [
  { calls: 1, connections: 1 },
  { calls: 64, connections: 8 },
  { calls: 256, connections: 8 },
];

/** The figures of one turn of a client. */
interface Turn {
  readonly perSecond: number;
  /** Requests per second of CPU time. */
  readonly perCpuSecond: number;
}

/** A client: makes a load against a server. */
type Client = (host: string, load: Load) => Promise<Turn>;

/** Runs a command on the clients' CPU. Returns its output, and its CPU time in seconds (bash, `time`). */
async function timed(...command: string[]): Promise<{ output: string; cpuSeconds: number }> {
  const script = 'TIMEFORMAT="cpu %U %S"; time taskset -c "$@"';
  const child = new Deno.Command("bash", {
    args: ["-c", script, "bash", `${CLIENT_CPU}`, ...command],
    cwd: root,
  });
  const { success, stdout, stderr } = await child.output();
  const errors = new TextDecoder().decode(stderr);
  const times = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(errors);
  if (!success || !times) throw new Error(`${command.join(" ")} failed:\n${errors}`);
  return {
    output: new TextDecoder().decode(stdout),
    cpuSeconds: Number(times[1]) + Number(times[2]),
  };
}

/** The request of h2load, in a file. */
const folder = await Deno.makeTempDir({ prefix: "signer-client-" });
const body = join(folder, "echo.bin");

const h2load: Client = async (host, { calls, connections }) => {
  const { output, cpuSeconds } = await timed(
    ...["h2load", "-c", `${connections}`, "-m", `${calls / connections}`, "-D", `${seconds}`],
    ...["-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers"],
    `http://${host}/signer.v1.EchoService/Echo`,
  );
  const done = /(\d+) done, (\d+) succeeded/.exec(output);
  if (done === null || Number(done[2]) < 0.99 * Number(done[1])) throw new Error(output);
  return { perSecond: Number(done[2]) / seconds, perCpuSecond: Number(done[2]) / cpuSeconds };
};

const signer: Client = async (host, { calls, connections }) => {
  const { output } = await timed(
    ...[
      Deno.execPath(),
      "run",
      "--quiet",
      `--v8-flags=${v8Flags}`,
      "-P=bench",
    ],
    ...["main.ts", "bench", "echo", "--to", host, "-c", `${calls}`],
    ...["--connections", `${connections}`, "-z", `${seconds * 1_000}ms`],
    ...["--warmup", `${WARMUP_SECONDS}s`, "-O", "json"],
  );
  const { count, total, errors, resources } = JSON.parse(output);
  if (errors > 0) throw new Error(`${errors} of ${count} calls failed`);
  return {
    perSecond: count / (total / 1e9),
    perCpuSecond: count / resources[0].client.cpuSeconds,
  };
};

const ghz: Client = async (host, { calls, connections }) => {
  const { output, cpuSeconds } = await timed(
    ...[options.ghz, "--insecure", "--proto", "proto/signer/v1/echo.proto", "-i", "proto"],
    ...["--call", "signer.v1.EchoService.Echo", "-d", '{"message":"hello"}', "-O", "json"],
    ...["-c", `${calls}`, "--connections", `${connections}`, "-z", `${seconds}s`, host],
  );
  const { count, rps } = JSON.parse(output);
  return { perSecond: rps, perCpuSecond: count / cpuSeconds };
};

const clients: Record<string, Client> = { h2load, "signer bench": signer, ghz };

/** Returns a whole number, with commas between its thousands. */
function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Returns the median of the ratios, turn by turn. */
function ratio(own: readonly Turn[], other: readonly Turn[], key: keyof Turn): string {
  return median(own.map((turn, i) => turn[key] / other[i][key])).toFixed(2);
}

if (!isInstalled(options.ghz)) delete clients.ghz;
try {
  const row: Row = rows[0];
  await Deno.writeFile(body, row.body);
  await using server = await Server.open({
    name: "signer",
    own: true,
    echoes: true,
    command: serveCommand(root, [
      ...[...onLoopback, "--generate", "ed25519", "--workers", "1", "--log-level", "error"],
    ]),
    env: {},
  }, SERVER_CPU);
  using channel = openNativeChannel({ addresses: [server.host] });
  await row.check(channel, {} as never);
  for (const load of loads) {
    const turns = Object.fromEntries(Object.keys(clients).map((name) => [name, [] as Turn[]]));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const [name, client] of Object.entries(clients)) {
        turns[name].push(await client(server.host, load));
      }
    }
    console.log(`${load.calls} calls at once, ${load.connections} connections`);
    for (const [name, own] of Object.entries(turns)) {
      console.log(
        `  ${name.padEnd(12)} ${spread(own.map((turn) => turn.perSecond), whole)} requests/s, ` +
          `${spread(own.map((turn) => turn.perCpuSecond), whole)} for a second of CPU time`,
      );
    }
    for (const [name, other] of Object.entries(turns)) {
      if (name === "signer bench") continue;
      const own = turns["signer bench"];
      console.log(
        `  signer bench / ${name}: ${ratio(own, other, "perSecond")} requests/s, ` +
          `${ratio(own, other, "perCpuSecond")} for CPU time`,
      );
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
