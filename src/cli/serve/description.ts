/** The description of a server process that its control socket sends. @module */
import { libc } from "../../ffi/mod.ts";
import type { SilentThreadReport, ThreadReport } from "../../grpc/mod.ts";
import { type Address, formatAddress } from "../../net/mod.ts";
import type { Serving } from "./serving.ts";

/** A server process at one time. */
export interface Description {
  readonly version: string;
  readonly stack: string;
  readonly provider: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly phase: string;
  readonly listeners: readonly string[];
  readonly keys: number;
  readonly process: {
    readonly residentBytes: number;
    readonly descriptors: number | undefined;
    readonly maxDescriptors: number;
    readonly osThreads: number | undefined;
  };
  readonly threads: readonly (ThreadReport | SilentThreadReport)[];
}

/** The parts of a server that its description has. */
export interface Described {
  readonly version: string;
  readonly provider: string;
  readonly serving: Serving;
  readonly phase: string;
  readonly listeners: readonly Address[];
  readonly keys: number;
}

/** Describes the process, and asks each serving thread. */
export async function describe(server: Described): Promise<Description> {
  const { version, provider, serving } = server;
  const threads = await serving.inspect();
  return {
    version,
    stack: serving.stack,
    provider,
    pid: Deno.pid,
    uptimeSeconds: Math.round(performance.now() / 1_000),
    phase: server.phase,
    listeners: server.listeners.map(formatAddress),
    keys: server.keys,
    process: {
      residentBytes: Deno.memoryUsage().rss,
      descriptors: libc.countEntries("/proc/self/fd"),
      maxDescriptors: libc.getResourceLimit(libc.RLIMIT_NOFILE).soft,
      osThreads: libc.countEntries("/proc/self/task"),
    },
    threads,
  };
}
