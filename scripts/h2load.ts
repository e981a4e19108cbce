/** Loads by h2load(1), and their figures. @module */
import { join } from "node:path";

/** The number of connections, and of concurrent calls on each. */
export interface Shape {
  readonly connections: number;
  readonly streams: number;
  /** Requests a second on all connections; as many as are answered without it. */
  readonly rate?: number;
}

/** The results of a load by h2load(1). */
export interface Load {
  readonly requestsPerSecond: number;
  /** Requests with a complete response. */
  readonly done: number;
  /** Requests without a response, with another HTTP status than 200, or without a message in the response. */
  readonly failed: number;
}

/** Times of requests in microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The call of a load. */
export interface Call {
  readonly url: string;
  /** The file with the request: prefix and message. */
  readonly body: string;
  /** Bytes of each response, the shortest if they vary: prefix and message. */
  readonly answerBytes: number;
}

/** The CPU of h2load. */
export interface Placement {
  /** The only CPU that it may use (taskset(1)). */
  readonly cpu?: number | undefined;
}

/** The end of a load: after a time, or when a number of requests is complete. */
export type LoadEnd = { readonly seconds: number } | { readonly requests: number };

/** Loads a server. At the end of a time, the server may still work on requests that are not counted. */
export async function load(
  call: Call,
  shape: Shape,
  end: LoadEnd,
  placement: Placement = {},
): Promise<Load> {
  const options = "seconds" in end
    ? ["-D", `${Math.round(end.seconds * 1000)}ms`]
    : ["-n", `${end.requests}`];
  return parse(await run(call, shape, options, placement), call.answerBytes);
}

/** Measures the latency of the requests of a load. Logging each request slows the load a little. */
export async function latency(call: Call, shape: Shape, seconds: number): Promise<Latency> {
  const folder = await Deno.makeTempDir();
  try {
    const log = join(folder, "requests.tsv");
    await run(call, shape, ["-D", `${seconds}`, `--log-file=${log}`]);
    const times = (await Deno.readTextFile(log)).split("\n")
      .map((line) => Number(line.split("\t")[2]))
      .filter((time) => time > 0)
      .sort((a, b) => a - b);
    if (times.length === 0) throw new Error(`h2load has timed no request to ${call.url}`);
    const at = (share: number) =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))];
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: times.at(-1)! };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(
  { url, body }: Call,
  { connections, streams, rate }: Shape,
  options: readonly string[],
  { cpu }: Placement = {},
): Promise<string> {
  const pinned = cpu === undefined ? [] : ["taskset", "-c", `${cpu}`];
  const paced = rate === undefined ? [] : ["--rps", `${rate / connections}`];
  const [program, ...before] = [...pinned, "h2load"];
  const command = new Deno.Command(program, {
    args: [
      ...before,
      ...["-c", `${connections}`, "-m", `${streams}`, "-d", body],
      ...["-H", "content-type: application/grpc", "-H", "te: trailers"],
      ...paced,
      ...options,
      url,
    ],
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`h2load failed on ${url}`);
  return new TextDecoder().decode(stdout);
}

/**
 * Parses the report. A failed gRPC call has HTTP status 200 too, but no message, so failed calls are computed from
 * the bytes of DATA. Responses incomplete at the end count as bytes too, so up to connections × streams failed calls
 * may be missed.
 *
 * @throws {Error} when the text is not h2load's report
 */
function parse(report: string, answerBytes: number): Load {
  const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(report);
  const counts = /(\d+) done, (\d+) succeeded, (\d+) failed/.exec(report);
  const traffic = /\((\d+)\) data/.exec(report);
  if (!rate || !counts || !traffic) {
    throw new Error(`h2load said something else than expected:\n${report}`);
  }
  const [, done, succeeded, failed] = counts.map(Number);
  const answered = Math.min(succeeded, Math.floor(Number(traffic[1]) / answerBytes));
  return { requestsPerSecond: Number(rate[1]), done, failed: done - answered + failed };
}
