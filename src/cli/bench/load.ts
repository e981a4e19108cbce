import { type LoadPlan, type LoadResult, runLoad } from "../../bench/mod.ts";
import { RpcError, statusName } from "../../grpc/contract/mod.ts";
import { CliError, exitCodeOfStatus } from "../exit.ts";
import { Live } from "./live.ts";
import type { BenchOptions } from "./options.ts";

/** Ctrl-C, as a signal for what is to be cut short. */
export function interruption(): { readonly signal: AbortSignal } & Disposable {
  const abort = new AbortController();
  const listener = () => abort.abort();
  Deno.addSignalListener("SIGINT", listener);
  return {
    signal: abort.signal,
    [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", listener),
  };
}

/**
 * Makes a load, and says how it goes.
 *
 * @throws {CliError} with the exit code of UNAVAILABLE when the servers cannot be reached
 */
export async function makeLoad(
  plan: LoadPlan,
  options: BenchOptions,
  serverPid: number | undefined,
  signal: AbortSignal,
): Promise<LoadResult> {
  using live = new Live(plan, options.interval);
  try {
    const onProgress = live.show.bind(live);
    return await runLoad(plan, { serverPid, signal, onProgress });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new CliError(
      exitCodeOfStatus(error.code),
      `Cannot connect: ${statusName(error.code)}: ${error.message}`,
      { cause: error, hint: "Is the server running there, and does it take as many connections?" },
    );
  }
}
