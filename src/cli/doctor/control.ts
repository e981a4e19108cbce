/** Checks of a running server, by its control socket. @module */
import { findError } from "../../errors/mod.ts";
import { readDescription } from "../debug/mod.ts";
import { CliError } from "../exit.ts";
import type { Finding } from "./finding.ts";

/** The share of the descriptors from which on new connections may soon find none. */
const MAX_DESCRIPTOR_SHARE = 0.9;

/** The expected time of queued work from which on callers with short deadlines are refused. */
const MAX_QUEUE_MS = 1_000;

/** The parts of a description that are checked. The server may be of another version. */
interface Described {
  readonly version?: string;
  readonly phase?: string;
  readonly keys?: number;
  readonly process?: { readonly descriptors?: number; readonly maxDescriptors?: number };
  readonly threads?: readonly {
    readonly failure?: string;
    readonly queue?: { readonly length: number; readonly expectedMs: number };
    readonly connectionCount?: number;
  }[];
}

/** Reads the description of a server, and judges it. */
export async function checkControl(address: string): Promise<Finding[]> {
  let server: Described;
  try {
    server = await readDescription(address);
  } catch (error) {
    if (!(error instanceof CliError) && !findError(error, "net")) throw error;
    const found = (error as Error).message;
    const advice = "start signer serve --control with this socket, and use its user";
    return [{ subject: address, ok: false, found, advice }];
  }
  const { version = "?", phase = "?", keys = 0, process = {}, threads = [] } = server;
  const answering = threads.filter(({ failure }) => failure === undefined);
  const expectedMs = Math.max(0, ...answering.map(({ queue }) => queue?.expectedMs ?? 0));
  const connections = answering.reduce((sum, one) => sum + (one.connectionCount ?? 0), 0);
  const { descriptors = 0, maxDescriptors = Infinity } = process;
  return [
    {
      subject: "server",
      ok: phase === "serving" && keys > 0,
      found: `signer ${version}, ${phase}, keys: ${keys}, connections: ${connections}`,
      advice: "calls are refused while it drains, and without keys",
    },
    {
      subject: "server-threads",
      ok: answering.length === threads.length,
      found: `${answering.length} of ${threads.length} answer`,
      advice: "a worker that makes no progress for 10 s is replaced: see the log",
    },
    {
      subject: "server-queue",
      ok: expectedMs <= MAX_QUEUE_MS,
      found: `up to ${expectedMs} ms of work waits on a thread`,
      advice: "more CPUs, or fewer callers",
    },
    {
      subject: "server-files",
      ok: descriptors <= MAX_DESCRIPTOR_SHARE * maxDescriptors,
      found: `${descriptors} of ${maxDescriptors} open files`,
      advice: "raise the limit: ulimit -Hn, or LimitNOFILE= of the unit",
    },
  ];
}
