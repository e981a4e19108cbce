/** The run of a load: progress, interruption, and errors of connecting. @module */
import type { LoadPlan, LoadResult, LoadThreads, Progress } from "../../bench/mod.ts";
import { RpcError, statusName } from "../../grpc/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { socketsSupported } from "../../net/mod.ts";
import { handshakeHint } from "../client/options/mod.ts";
import { CliError, exitCodeOfStatus, interruptedError, usageError } from "../exit.ts";
import { Live } from "./live.ts";
import type { Target } from "./target.ts";

/** The signals that end a load early: that of Ctrl-C, and that of `timeout`, CI and service managers. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The first of the signals that end a load as an `AbortSignal`. */
export function interruption(): { readonly signal: AbortSignal } & Disposable {
  const abort = new AbortController();
  const listener = () => abort.abort();
  for (const name of SIGNALS) Deno.addSignalListener(name, listener);
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) Deno.removeSignalListener(name, listener);
    },
  };
}

/**
 * Waits for calls before a load. A signal ends the wait, and the calls end with the process.
 *
 * @throws {CliError} of an interruption
 */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(interruptedError());
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The process and the TLS settings of a load's server. */
type Loaded = Pick<Target, "pid" | "tls">;

/** Runs a load and shows its progress each `interval` milliseconds. */
export async function makeLoad(
  threads: LoadThreads,
  plan: LoadPlan,
  target: Loaded,
  signal: AbortSignal,
  interval: number,
): Promise<LoadResult> {
  using live = new Live(plan, interval);
  return await makeQuietLoad(threads, plan, target, signal, live.show.bind(live));
}

/**
 * Runs a load.
 *
 * @throws {CliError} with the exit code of UNAVAILABLE when the servers cannot be reached
 */
export async function makeQuietLoad(
  threads: LoadThreads,
  plan: LoadPlan,
  { pid, tls }: Loaded,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => {},
): Promise<LoadResult> {
  raiseDescriptorLimit(plan);
  try {
    return await threads.run(plan, {
      serverPid: pid,
      tls: tls && (() => tls.share()),
      signal,
      onProgress,
    });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new CliError(
      exitCodeOfStatus(error.code),
      `Cannot connect: ${statusName(error.code)}: ${error.message}`,
      { cause: error, hint: hintOf(error) },
    );
  }
}

/** Descriptors of a bench besides its connections: standard streams, epolls, wake-ups, files of /proc. */
const OTHER_DESCRIPTORS = 32;

/**
 * Raises the soft limit of descriptors to the hard one, as each connection takes one.
 *
 * @throws {CliError} when that is still too few
 */
function raiseDescriptorLimit({ workload, concurrency, connections, addresses }: LoadPlan): void {
  if (!socketsSupported()) return;
  const { soft } = libc.raiseDescriptorLimit();
  const needed = OTHER_DESCRIPTORS +
    (workload.kind === "connect" ? concurrency : connections * addresses.length);
  if (needed <= soft) return;
  throw usageError(
    `The load needs ${needed} descriptors, and this process may open ${soft}`,
    "Raise the limit with ulimit -n, or lower --connections and -c",
  );
}

/** The hint for a load that could not connect: descriptors run out on this side of the connection. */
function hintOf(error: RpcError): string {
  const { code } = (error.cause ?? {}) as { code?: unknown };
  if (code === "TLS_FAILED") return handshakeHint(error.message);
  if (code === "EMFILE" || code === "ENFILE") {
    return "The client ran out of descriptors, not the server: raise its limit with ulimit -n, or lower " +
      "--connections and -c";
  }
  return "Is the server running there, and does it take as many connections?";
}
