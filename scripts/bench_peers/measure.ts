/** Loads of all servers by turns, and the servers' CPU time. @module */
import { join } from "node:path";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { load, type LoadEnd } from "../h2load.ts";
import type { PublicKeys, Row } from "./rows.ts";
import { elapsed, Server, type Start } from "./servers.ts";

/**
 * Requests of a load at least. Eight connections of h2load take 2 ms of signer and 0.6 of tonic: among 400 requests with
 * RSA-3072, those of 0.3 s, 4 µs of each.
 */
const MIN_LOAD = 1_500;

/**
 * The loads of each server before a row, by turns: passes of a second each, until it has answered so many requests. V8
 * compiles the code of a row again when other rows have changed its assumptions, or when V8 has dropped it: with 0.4 s in
 * all the figures of P-256 were 1.5 times as high. The code of queued work is compiled with the first signatures with RSA:
 * for the first 20,000 V8's threads take 1 to 11 µs of each and signing 302 to 314, after 30,000 they take 0.2 to 0.7 and
 * signing 287 to 290. The passes are short because a server that waits for the others for 10 s returns memory, and is cold
 * again.
 */
const PASS_SECONDS = 1;
const MAX_PASSES = 40;
const WARM_UP_REQUESTS = 40_000;

/** The share of calls that may fail: a server under as much load as possible may refuse some. */
const MAX_FAILED = 0.02;

/** The pause after the last row of echoes, in which servers may return memory. */
const QUIET_MS = 21_000;

/** The servers, rows and loads of a table. */
export interface Plan {
  readonly rows: readonly Row[];
  readonly starts: readonly Start[];
  readonly keys: PublicKeys;
  /** Loads of each server in each row. */
  readonly rounds: number;
  /** Duration of a load. */
  readonly seconds: number;
  /** The CPU of the servers and that of h2load; undefined when the kernel chooses. */
  readonly cpus: { readonly server: number; readonly load: number } | undefined;
  /** A folder for the requests. */
  readonly folder: string;
  /** Called with the figures of each row. */
  readonly onRow: (row: Row, micros: ReadonlyMap<string, readonly number[]>) => void;
}

/** The figures of a table. */
export interface Figures {
  /** Microseconds of CPU per request: for each row and name of a server those of all rounds. */
  readonly micros: ReadonlyMap<Row, ReadonlyMap<string, readonly number[]>>;
  /** Resident megabytes of each server at the end of the rows of echoes. */
  readonly residentMb: ReadonlyMap<string, number>;
  /** The same after `QUIET_MS` without a call. */
  readonly quietMb: ReadonlyMap<string, number>;
}

/** Measures all rows. The order of the servers changes with each round. */
export async function measure(plan: Plan): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const start of plan.starts) {
    servers.push(stack.use(await Server.open(start, plan.cpus?.server)));
  }
  const echoing = servers.filter(({ start }) => start.echoes);
  const micros = new Map<Row, Map<string, number[]>>();
  const residentMb = new Map<string, number>();
  const quietMb = new Map<string, number>();
  const lastEcho = plan.rows.findLast(({ signs }) => !signs);
  for (const row of plan.rows) {
    const measured = await measureRow(plan, row, row.signs ? servers : echoing);
    micros.set(row, measured);
    plan.onRow(row, measured);
    if (row.signs) continue;
    for (const server of echoing) residentMb.set(server.start.name, server.residentMb());
    if (row !== lastEcho) continue;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    for (const server of echoing) quietMb.set(server.start.name, server.residentMb());
  }
  return { micros, residentMb, quietMb };
}

async function measureRow(
  plan: Plan,
  row: Row,
  servers: readonly Server[],
): Promise<Map<string, number[]>> {
  const micros = new Map(servers.map(({ start }) => [start.name, [] as number[]]));
  const { connections } = row.shape;
  // Requests of a load, by a warm-up. All are complete at its end, so that all of the CPU time is theirs.
  const requests = new Map<Server, number>();
  const answered = new Map<Server, number>();
  for (const server of servers) {
    const { done } = await loadOnce(plan, row, server, { seconds: PASS_SECONDS });
    answered.set(server, done);
    const wanted = Math.round(done * plan.seconds / PASS_SECONDS);
    requests.set(server, Math.max(wanted, MIN_LOAD));
  }
  for (let pass = 1; pass < MAX_PASSES; pass++) {
    for (const server of servers) {
      const first = answered.get(server)!;
      const more = Math.min(first, WARM_UP_REQUESTS - first * pass);
      // h2load wants a request for each connection.
      if (more >= connections) await loadOnce(plan, row, server, { requests: more });
    }
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const server = servers[(turn + round) % servers.length];
      const end = { requests: requests.get(server)! };
      const { nanoseconds, done } = await loadOnce(plan, row, server, end);
      micros.get(server.start.name)!.push(nanoseconds / 1000 / done);
    }
  }
  return micros;
}

/**
 * Loads a server, and returns its CPU time and the number of requests.
 *
 * @throws {Error} when a response is wrong, or calls fail
 */
async function loadOnce(
  plan: Plan,
  row: Row,
  server: Server,
  end: LoadEnd,
): Promise<{ nanoseconds: number; done: number }> {
  const body = join(plan.folder, "request.bin");
  await Deno.writeFile(body, row.body);
  const answerBytes = await check(row, server, plan.keys);
  const call = { url: `http://${server.host}${row.path}`, body, answerBytes };
  const before = server.threadTimes();
  const { done, failed } = await load(call, row.shape, end, { cpu: plan.cpus?.load });
  const nanoseconds = elapsed(before, server.threadTimes());
  if (failed > done * MAX_FAILED) {
    throw new Error(`${failed} of ${done} calls of ${row.name} to ${server.start.name} failed`);
  }
  return { nanoseconds, done };
}

async function check(row: Row, { host }: Server, keys: PublicKeys): Promise<number> {
  using channel = openNativeChannel({ addresses: [host] });
  return await row.check(channel, keys);
}
