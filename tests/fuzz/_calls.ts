/**
 * Random calls by real clients, reproducible by seed: cancelled at any time, late, left after some responses, or with
 * sources of requests that fail.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  echoDefinition as echo,
  healthDefinition as health,
  pipelineDefinition as pipelines,
  signingDefinition as signing,
} from "../../src/api/mod.ts";
import { type AnyMethod, type RpcChannel, RpcError } from "../../src/grpc/mod.ts";
import { generator, type Random } from "../http2/_random.ts";
import { sound, wire } from "../services/_pipeline_requests.ts";

/** Bytes of messages. Large ones are decoded in a turn of their own. */
const SIZES = [0, 1, 100, 5_000, 70_000, 300_000];

/** Milliseconds until the deadline of a call. */
const DEADLINES = [-5, 0, 1, 3, 10, 50];

const manifest = wire([["resample", { sample_rate: 8_000 }]]);

/** Makes up to 25 calls by a channel, and waits for their ends. */
export async function callAtRandom(channel: RpcChannel, seed: number): Promise<void> {
  const random = generator(seed);
  await Promise.all(Array.from({ length: 1 + random(25) }, async () => {
    await sleep(random(40));
    await callOnce(channel, random);
  }));
}

async function callOnce(channel: RpcChannel, random: Random): Promise<void> {
  const over = new AbortController();
  const [method, requests] = kindsOf(random, over.signal)[random(8)]!;
  const stop = new AbortController();
  const deadline = random(3) === 0 ? Date.now() + DEADLINES[random(DEADLINES.length)]! : undefined;
  const end = random(6);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopAfter = (ms: number) => timer = setTimeout(() => stop.abort(), ms);
  if (end === 0) stopAfter(random(30));
  else if (end === 1) queueMicrotask(() => stop.abort());
  else if (method === health.Watch) stopAfter(random(150));
  const taken = random(5) === 0 ? random(3) : Infinity;
  try {
    const { signal } = stop;
    const options = deadline === undefined ? { signal } : { signal, deadline };
    const { responses } = channel.call(method, requests, options);
    let count = 0;
    for await (const _ of responses) {
      if (++count > taken) return;
      if (random(5) === 0) await sleep(random(30));
    }
  } catch (error) {
    // Any status will do: the server and the channel are looked at.
    if (!(error instanceof RpcError)) throw error;
  } finally {
    clearTimeout(timer);
    // A client does not wait for a source that has not returned.
    over.abort();
  }
}

/** Methods, each with the requests of a call, whose sources stop waiting when the call is over. */
function kindsOf(
  random: Random,
  over: AbortSignal,
): [AnyMethod, Iterable<object> | AsyncIterable<object>][] {
  const sign = () => ({
    keyType: random(5) === 0 ? "KEY_TYPE_ECDSA_P521" : "KEY_TYPE_ED25519",
    message: new Uint8Array(SIZES[random(SIZES.length)]!),
  });
  const samples = () => sound(new Int16Array([100, 16_000, 100_000][random(3)]!));
  const few = random(2) === 0 ? [] : [{}, {}];
  return [
    [echo.Echo, [{ payload: new Uint8Array(SIZES[random(SIZES.length)]!) }]],
    [echo.Echo, few],
    [signing.Sign, [sign()]],
    [signing.SignBatch, [{ requests: Array.from({ length: random(60) }, sign) }]],
    [signing.SignStream, source(random, over, sign)],
    [pipelines.ExecutePipeline, [{ manifest, inputs: [samples()] }]],
    [
      pipelines.StreamPipeline,
      source(
        random,
        over,
        (index) => index === 0 ? { manifest } : { chunk: { values: [samples()] } },
      ),
    ],
    [health.Watch, [{ service: "" }]],
  ] as [AnyMethod, Iterable<object> | AsyncIterable<object>][];
}

/** Makes some requests with pauses, and then perhaps fails, or takes its time to end. */
async function* source(
  random: Random,
  over: AbortSignal,
  make: (index: number) => object,
): AsyncGenerator<object> {
  const pause = (ms: number) => sleep(ms, undefined, { signal: over }).catch(() => {});
  for (let index = 0, count = random(12); index < count; index++) {
    if (random(3) === 0) await pause(random(8));
    yield make(index);
  }
  if (random(6) === 0) throw new Error("The source of requests fails");
  if (random(4) === 0) await pause(100);
}
