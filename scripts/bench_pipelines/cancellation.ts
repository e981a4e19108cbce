/** The time in which executions end whose client has left. @module */
import {
  type ExecutePipelineResponse,
  type GetMetricsResponse,
  pipelineDefinition,
} from "../../src/api/mod.ts";
import type { AnyMethod, RpcChannel } from "../../src/grpc/mod.ts";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { findPeer } from "../../tests/_support/peers.ts";
import { runCommand } from "../run_command.ts";
import { median } from "../statistics.ts";
import { call } from "../unary.ts";
import { executeRequest, noise } from "./request.ts";
import { threadsOf, type ThreadTimes } from "../threads.ts";
import { PIPELINE_NICE } from "./shares.ts";

/** Executions that run at once, and others that wait. */
const RUNNING = 8;
const WAITING = 3;

/** Looks, a millisecond apart, in which a thread that works is never seen asleep. */
const LOOKS = 10;

const MAX_MS = 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Prints the times of cancellations by the project's client, and by grpcio where `deno task peers` has installed it. */
export async function cancellations(
  address: string,
  pid: number,
  rounds: number,
  line: (name: string, figure: string) => void,
): Promise<void> {
  const title =
    `${rounds} times ${RUNNING} running, ${WAITING} waiting: ms until they end, p50, max`;
  const own: Figures[] = [];
  // The first executions load the libraries.
  await cancellation(address, pid);
  for (let round = 0; round < rounds; round++) own.push(await cancellation(address, pid));
  line(title, "");
  line("  by signer", figures(own));
  const python = findPeer("python");
  if (python === undefined) return line("  by grpcio", "not installed: deno task peers");
  const script = new URL("../../tests/peers/python/cancel_pipelines.py", import.meta.url).pathname;
  const host = address.replace("tcp://", "");
  for (const how of ["cancel", "close"]) {
    const text = await runCommand(python, [script, host, `${pid}`, how, `${rounds}`]);
    const times = text.trim().split("\n").map((round) => JSON.parse(round) as Figures);
    line(`  by grpcio, ${how}`, figures(times));
  }
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
async function cancellation(address: string, pid: number): Promise<Figures> {
  const nodes = Array.from({ length: 20 }, (_, i) => {
    return { sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 };
  });
  // Over 10 s of work each.
  const request = executeRequest(nodes, noise(15), { timeMs: 30_000 });
  using channel = openNativeChannel({ addresses: [address] });
  const calls = Array.from({ length: RUNNING + WAITING }, () => {
    const method = pipelineDefinition.ExecutePipeline as AnyMethod;
    return channel.call<object, ExecutePipelineResponse>(method, [request])
      .responses[Symbol.asyncIterator]();
  });
  const ends = Promise.allSettled(calls.map((call) => call.next()));
  const began = performance.now();
  while (!await isBusy(channel)) {
    if (performance.now() - began > MAX_MS) throw new Error("The executions do not begin");
    await pause(5);
  }
  const waited = waitedMs(pid);
  const left = performance.now();
  await Promise.all(calls.map((call) => call.return?.()));
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
