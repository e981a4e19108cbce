/** Signatures beside pipelines at half of their highest rate, by h2load(1). @module */
import { join } from "node:path";
import { pipelineDefinition, signingDefinition } from "../../src/api/mod.ts";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { type Call, load, type Shape } from "../h2load.ts";
import { median } from "../statistics.ts";
import { call, type Fields, framed, PREFIX_BYTES } from "../unary.ts";
import { PIPELINE_NICE, type Shares, watchBusiest, watchOthers } from "./shares.ts";

/** The load of signatures, which the serving thread is busy with. */
const SIGNATURES: Shape = { connections: 4, streams: 8 };
/** The load of pipelines, by some of many clients. */
const PIPELINES: Shape = { connections: 16, streams: 1 };
/** Calls of a connection at a rate: so many at once that late answers do not lower it. */
const PACED_STREAMS = 16;

/** The share of the rate alone that signatures should keep. */
const KEPT = 0.8;

/** The share of a processor of other programs up to which a turn counts. */
const MOST_OTHERS = 0.1;

/** Turns are made again on a busy machine, up to so many times as many. */
const MAX_ATTEMPTS = 3;

/** Seconds of pipelines before and after the signatures are counted. */
const LEAD_SECONDS = 1;

/** A load of signatures. */
interface Sample {
  /** Signatures a second. */
  readonly rate: number;
  /** The shares of the serving thread. */
  readonly serving: Shares;
}

/** Options of the measurement. */
export interface SignaturesOptions {
  /** The folder for the files of requests. */
  readonly folder: string;
  readonly seconds: number;
  readonly turns: number;
}

/**
 * Measures signatures alone and beside pipelines by turns, and prints the ratios: as many signatures as there can be, so
 * that the serving thread is full and pipelines wait for it, and 80 % of those alone, so that it should serve both.
 *
 * A client in this language would need as much processor time as the server. h2load needs about a tenth, and the times
 * of the server's thread tell a server that is slower from a client that is: without work it sleeps, and it waits when
 * others have the processors.
 */
export async function signaturesBesidePipelines(
  address: string,
  pid: number,
  pipeline: Fields,
  { folder, seconds, turns }: SignaturesOptions,
  line: (name: string, figure: string) => void,
): Promise<void> {
  const url = address.replace("tcp://", "http://");
  const sign = await prepared(address, url, folder, signingDefinition.Sign, {
    keyType: "KEY_TYPE_ECDSA_P256",
    message: new Uint8Array(32).fill(0x61),
    signatureFormat: "SIGNATURE_FORMAT_P1363",
  });
  const execute = await prepared(
    address,
    url,
    folder,
    pipelineDefinition.ExecutePipeline,
    pipeline,
  );
  const sample = async (shape = SIGNATURES): Promise<Sample> => {
    const shares = watchBusiest(pid, 0);
    const { requestsPerSecond, failed } = await load(sign, shape, { seconds });
    if (failed > 0) throw new Error(`${failed} signatures failed`);
    return { rate: requestsPerSecond, serving: shares() };
  };
  await load(execute, PIPELINES, { seconds });
  const { requestsPerSecond: capacity } = await load(execute, PIPELINES, { seconds });
  line("pipelines a second, and half", `${capacity.toFixed(0)}, ${(capacity / 2).toFixed(0)}`);
  /** Signatures beside half of the pipelines. */
  const beside = async (shape = SIGNATURES) => {
    const shares = watchBusiest(pid, PIPELINE_NICE);
    const end = { seconds: seconds + 2 * LEAD_SECONDS };
    const paced = { ...PIPELINES, streams: PACED_STREAMS, rate: capacity / 2 };
    const pipelines = load(execute, paced, end).then((load) => ({ ...load, executing: shares() }));
    // The pipelines are under way when the signatures are counted.
    await new Promise((resolve) => setTimeout(resolve, 1_000 * LEAD_SECONDS));
    const signatures = await sample(shape);
    const { requestsPerSecond, failed, executing } = await pipelines;
    if (failed > 0) throw new Error(`${failed} pipelines failed`);
    const figure = `${requestsPerSecond.toFixed(0)}; ${both(executing)}`;
    return { ...signatures, figure };
  };
  await sample();
  const ratios: number[] = [];
  let alone = await sample();
  for (let turn = 0; ratios.length < turns && turn < MAX_ATTEMPTS * turns; turn++) {
    const others = watchOthers(pid);
    const most = await beside();
    const after = await sample();
    const mean = (alone.rate + after.rate) / 2;
    const kept = await beside({ ...SIGNATURES, streams: PACED_STREAMS, rate: KEPT * mean });
    const busy = others();
    const counts = busy <= MOST_OTHERS;
    const ratio = most.rate / mean;
    if (counts) ratios.push(ratio);
    line(
      "signatures a second alone, beside, alone; ratio",
      `${[alone, most, after].map(({ rate }) => rate.toFixed(0)).join(", ")}; ${ratio.toFixed(2)}${
        counts ? "" : ` (not counted: other programs used ${percent(busy)} of a processor)`
      }`,
    );
    line("  the serving thread runs, and waits for a processor, alone", both(alone.serving));
    line("  beside", both(most.serving));
    line("  pipelines a second beside; their thread runs, waits", most.figure);
    line(
      `  signatures a second at ${percent(KEPT)}; the serving thread`,
      `${kept.rate.toFixed(0)} of ${(KEPT * mean).toFixed(0)}; ${both(kept.serving)}`,
    );
    line("  pipelines a second beside; their thread runs, waits", kept.figure);
    alone = after;
  }
  line(
    `median ratio of ${ratios.length} turns`,
    ratios.length === 0 ? "none: the machine is busy" : median(ratios).toFixed(2),
  );
}

/** Makes a call once, and writes its request into a file for h2load. */
async function prepared(
  address: string,
  url: string,
  folder: string,
  method: unknown,
  request: Fields,
): Promise<Call> {
  const { path, requestSerialize, responseSerialize } = method as AnyMethod;
  using channel = openNativeChannel({ addresses: [address] });
  const answer = responseSerialize(await call(channel, method, request));
  const body = join(folder, `${path.replaceAll("/", "_")}.bin`);
  await Deno.writeFile(body, framed(requestSerialize(request)));
  // Times in a response have a few digits more or less.
  return { url: `${url}${path}`, body, answerBytes: PREFIX_BYTES + answer.length - SPARE_BYTES };
}

/** Bytes by which a response may be shorter than another one. */
const SPARE_BYTES = 16;

function both({ running, waiting }: Shares): string {
  return `${percent(running)}, ${percent(waiting)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
