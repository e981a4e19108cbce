/** The time in which executions end whose client has left. @module */
import {
  type GetMetricsResponse,
  pipelineDefinition,
  type StreamPipelineResponse,
} from "../../src/api/mod.ts";
import type { AnyMethod, RpcChannel } from "../../src/grpc/mod.ts";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { findPeer } from "../../tests/_support/peers.ts";
import { runCommand } from "../run_command.ts";
import { median } from "../statistics.ts";
import { call } from "../unary.ts";
import { executeRequest, noise, SAMPLE_RATE } from "./request.ts";
import { threadsOf, type ThreadTimes } from "../threads.ts";
import { PIPELINE_NICE } from "./shares.ts";

/** Executions that run at once, and others that wait. */
const RUNNING = 8;
const WAITING = 3;

/** Looks, a millisecond apart, in which a thread that works is never seen asleep. */
const LOOKS = 10;

const MAX_MS = 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Line = (name: string, figure: string) => void;

/** A server that is ready. */
export interface Server {
  readonly address: string;
  readonly pid: number;
}

/** Prints the times of cancellations on a server that has executed pipelines before. */
export async function cancellations(server: Server, rounds: number, line: Line): Promise<void> {
  // The first executions run code that V8 has not compiled yet.
  await cancellation(server);
  line(`${rounds} times ${TITLE}`, "");
  for (const [name, cancel] of clients()) line(`  ${name}`, figures(await cancel(server, rounds)));
}

/** Prints the times of the first cancellation of servers that have just become ready. */
export async function coldCancellations(
  withServer: <T>(use: (server: Server) => Promise<T>) => Promise<T>,
  starts: number,
  line: Line,
): Promise<void> {
  line(`first of ${starts} servers, ${TITLE}`, "");
  for (const [name, cancel] of clients()) {
    const first: Figures[] = [];
    for (let start = 0; start < starts; start++) {
      first.push(...await withServer((server) => cancel(server, 1)));
    }
    line(`  ${name}`, figures(first));
  }
}

const TITLE = `${RUNNING} running, ${WAITING} waiting: ms until they end, p50, max`;

/** Cancels executions some times. */
type Cancel = (server: Server, rounds: number) => Promise<readonly Figures[]>;

/** The project's client, and grpcio where `deno task peers` has installed it. */
function clients(): [name: string, cancel: Cancel][] {
  const python = findPeer("python");
  const own: Cancel = async (server, rounds) => {
    const times: Figures[] = [];
    for (let round = 0; round < rounds; round++) times.push(await cancellation(server));
    return times;
  };
  if (python === undefined) return [["by signer (grpcio needs deno task peers)", own]];
  const script = new URL("../../tests/peers/python/cancel_pipelines.py", import.meta.url).pathname;
  const byGrpcio = (how: string): Cancel => async ({ address, pid }, rounds) => {
    const host = address.replace("tcp://", "");
    const text = await runCommand(python, [script, host, `${pid}`, how, `${rounds}`]);
    return text.trim().split("\n").map((round) => JSON.parse(round) as Figures);
  };
  return [
    ["by signer", own],
    ["by grpcio, cancel", byGrpcio("cancel")],
    ["by grpcio, close", byGrpcio("close")],
  ];
}

/** The milliseconds of a cancellation. */
interface Figures {
  /** Until the thread of pipelines sleeps. */
  readonly quietMs: number;
  /** The part in which other threads had the processors. */
  readonly waitedMs: number;
}

function figures(rounds: readonly Figures[]): string {
  const times = rounds.map(({ quietMs }) => quietMs);
  const slowest = rounds.find(({ quietMs }) => quietMs === Math.max(...times))!;
  return `${median(times).toFixed(1)}, ${slowest.quietMs.toFixed(1)} (${
    slowest.waitedMs.toFixed(1)
  } of it without a processor)`;
}

/** Returns the milliseconds from the cancellation of executions until the thread of pipelines sleeps. */
async function cancellation({ address, pid }: Server): Promise<Figures> {
  const nodes = Array.from({ length: 20 }, (_, i) => {
    return { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 };
  });
  // Over 10 s of work each.
  const request = executeRequest(nodes, noise(15), { timeMs: 30_000 });
  using channel = openNativeChannel({ addresses: [address] });
  const executions = Array.from({ length: RUNNING + WAITING }, () => {
    return channel.call(pipelineDefinition.ExecutePipeline as AnyMethod, [request])
      .responses[Symbol.asyncIterator]();
  });
  const stream = openStream(channel);
  const ends = Promise.allSettled(executions.map((call) => call.next()));
  // An answer to the stream shows that the thread of pipelines has started.
  await stream.next();
  const began = performance.now();
  while (!await isBusy(channel) || pipelinesSleep(pid)) {
    if (performance.now() - began > MAX_MS) throw new Error("The executions do not begin");
    await pause(5);
  }
  const waited = waitedMs(pid);
  const left = performance.now();
  await Promise.all([...executions, stream].map((call) => call.return?.()));
  await ends;
  let since = left;
  for (let asleep = 0; asleep < LOOKS;) {
    if (asleep === 0) since = performance.now();
    asleep = pipelinesSleep(pid) ? asleep + 1 : 0;
    if (performance.now() - left > MAX_MS) throw new Error("The executions do not end");
    await pause(1);
  }
  return { quietMs: since - left, waitedMs: waitedMs(pid) - waited };
}

/** Opens a stream that sends a chunk, and no other. */
function openStream(channel: RpcChannel): AsyncIterator<StreamPipelineResponse> {
  const node = { id: "n0", type: "levels" };
  const audio = {
    samples: new Uint8Array(2),
    sampleRate: SAMPLE_RATE,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  };
  async function* requests() {
    yield { manifest: { version: 1, nodes: [node], inputs: ["n0"], outputs: ["n0"] } };
    yield { chunk: { values: [{ name: "n0", audio }] } };
    await new Promise(() => {});
  }
  return channel.call<object, StreamPipelineResponse>(
    pipelineDefinition.StreamPipeline as AnyMethod,
    requests(),
  ).responses[Symbol.asyncIterator]();
}

async function isBusy(channel: RpcChannel): Promise<boolean> {
  const { running, waiting } = await call(
    channel,
    pipelineDefinition.GetMetrics,
    {},
  ) as unknown as GetMetricsResponse;
  return running === RUNNING && waiting === WAITING;
}

function pipelineThreads(pid: number): ThreadTimes[] {
  return [...threadsOf(pid).values()].filter(({ nice }) => nice === PIPELINE_NICE);
}

function pipelinesSleep(pid: number): boolean {
  return pipelineThreads(pid).every(({ sleeps }) => sleeps);
}

function waitedMs(pid: number): number {
  return pipelineThreads(pid).reduce((sum, { waitingMs }) => sum + waitingMs, 0);
}
