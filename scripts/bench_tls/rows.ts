/** The loads of the benchmark of TLS. @module */
import { join } from "node:path";
import { libc } from "../../src/ffi/mod.ts";
import { runCommand } from "../run_command.ts";
import { root } from "../serve_process.ts";
import { median } from "../statistics.ts";
import { type Candidate, RunningServer, type Security } from "./servers.ts";

/** An operation that servers are compared by. */
export interface Row {
  readonly what: string;
  /** Operations of one load. */
  readonly count: number;
  readonly servers: readonly (readonly [candidate: Candidate, security: Security])[];
  load(server: RunningServer, security: Security): Promise<unknown>;
}

/** A figure of one server: microseconds of its processor time for an operation, the median of the rounds. */
export interface Figure {
  readonly name: string;
  readonly security: Security;
  readonly micros: number;
}

/** Loads all servers of a row by turns. The first load of each is a warm-up. */
export async function measureRow(row: Row, rounds: number): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const running: { server: RunningServer; security: Security; micros: number[] }[] = [];
  for (const [candidate, security] of row.servers) {
    const server = stack.use(await RunningServer.start(candidate, security));
    running.push({ server, security, micros: [] });
  }
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < running.length; turn++) {
      const { server, security, micros } = running[(turn + round) % running.length];
      const before = server.micros();
      await row.load(server, security);
      if (round > 0) micros.push((server.micros() - before) / row.count);
    }
  }
  return running.map(({ server: { name }, security, micros }) => ({
    name,
    security,
    micros: median(micros),
  }));
}

/** Makes small unary calls at 8 connections × 32, by signer's own load generator. */
export async function unaryCalls(
  { port }: RunningServer,
  security: Security,
  count: number,
  ca: string,
): Promise<void> {
  await runCommand(Deno.execPath(), [
    ...["run", "--quiet", "-P=bench", join(root, "main.ts"), "bench", "echo"],
    ...["--to", `127.0.0.1:${port}`, "-n", `${count}`, "-c", "256", "--connections", "8"],
    ...["--payload", "10", ...(security === "plaintext" ? [] : ["--tls-ca", ca])],
  ]);
}

/** The memory of a server with idle connections over TLS. */
export interface IdleFigure {
  readonly name: string;
  /** Resident bytes with all connections. */
  readonly total: number;
  /** Resident bytes that each connection adds. */
  readonly each: number;
}

/**
 * Measures the memory of idle connections.
 *
 * @param baseline the C client
 */
export async function measureIdle(
  candidate: Candidate,
  count: number,
  baseline: string,
): Promise<IdleFigure> {
  libc.raiseDescriptorLimit();
  await using server = await RunningServer.start(candidate, "tls");
  await runCommand(baseline, ["handshakes", server.port, "200", "full"]);
  const before = server.residentBytes();
  const child = new Deno.Command(baseline, {
    args: ["idle", server.port, `${count}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`${count} connections could not be opened: raise ulimit -n`);
  const total = server.residentBytes();
  await child.stdin.close();
  await reader.cancel();
  await child.status;
  return { name: server.name, total, each: (total - before) / count };
}
