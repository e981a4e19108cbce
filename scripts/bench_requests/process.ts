/**
 * One process of `bench_requests.ts`: measures two variants by turns, and prints the nanoseconds of CPU time of a call
 * by each, as JSON.
 *
 *   deno run --allow-all scripts/bench_requests/process.ts VARIANTS CONNECTIONS STREAMS TIMEOUTS
 *
 * @module
 */
import process from "node:process";
import { record, REQUESTS } from "../bench_http2/session.ts";
import { ReplayServer, type Variant } from "./replay.ts";

/** Slices of each variant that are not counted: V8 compiles the code. */
const WARMUP = 12;

/** Slices of each variant that are counted. Other load of the machine makes some slow: the lower quartile is used. */
const SLICES = 24;

/** CPU time of this process in microseconds, with the threads of V8's garbage collector. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)];
}

const [variants, connections, streams, hasTimeouts] = Deno.args.map((text) => JSON.parse(text));
const timeout = (call: number) => ["grpc-timeout", `${900_000 + call}u`];
const session = record(hasTimeouts ? timeout : undefined, streams);
const servers = await Promise.all((variants as Variant[]).map(ReplayServer.open));
const times: number[][] = servers.map(() => []);
for (let slice = 0; slice < WARMUP + SLICES; slice++) {
  const order = servers.map((_, i) => (i + slice) % servers.length);
  for (const i of order) {
    const began = cpuMicros();
    servers[i].play(session, connections);
    const nanos = (cpuMicros() - began) * 1_000 / (connections * REQUESTS);
    if (slice >= WARMUP) times[i].push(nanos);
  }
}
console.log(JSON.stringify(times.map(lowerQuartile)));
