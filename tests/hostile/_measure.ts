/**
 * Measurement of attacks: raw sockets attack a server process while a good client calls it. The good client's calls and
 * the server's memory are recorded.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Approach, Attacker } from "../grpc/native/_attacker.ts";
import { SignerProcess } from "../e2e/_signer.ts";
import type { Setting } from "./_settings.ts";
import type { CallKind, CallRecord, CallRecords, GoodClientStart } from "./_good_client.ts";

/** A server under attack. */
export interface Target {
  readonly setting: Setting;
  readonly server: SignerProcess;
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** Opens a connection of an attacker. It is closed when the attack is over. */
  attacker(approach?: Approach): Promise<Attacker>;
}

export interface MeasureOptions {
  /** The calls of the good client, in turns. */
  readonly kinds?: readonly CallKind[];
  /** The deadline of its calls, in milliseconds. */
  readonly deadlineMs?: number;
  /** Time for which it calls after the attack, while the attackers' connections are still open. */
  readonly settleMs?: number;
  /** Further options of `signer serve`. */
  readonly serve?: readonly string[];
  /** The limit of open files of the server (ulimit -n). */
  readonly files?: number;
  /** The transport of the good client. Over TCP it has the attackers' address. */
  readonly good?: "tcp" | "unix";
}

/** The outcome of an attack. Memory is resident memory in MiB (proc(5), status). */
export interface Measured {
  /** The number of successful calls of the good client, and the distinct errors of the others, with their kinds. */
  readonly answered: number;
  readonly failures: readonly string[];
  /** Milliseconds of its calls. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly records: CallRecords;
  readonly beforeMiB: number;
  /** The highest resident memory during the attack (VmHWM). */
  readonly peakMiB: number;
  readonly afterMiB: number;
  /** CPU seconds of the server. */
  readonly cpuSeconds: number;
  /** The log of the server, which is drained at the end. */
  readonly log: string;
}

/** Attacks a new server while a good client calls it. */
export async function measure(
  setting: Setting,
  attack: (target: Target) => Promise<void>,
  options: MeasureOptions = {},
): Promise<Measured> {
  const { kinds = ["echo", "echo-64k", "sign", "health"], settleMs = 500, serve = [] } = options;
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(
    await Deno.makeTempDir(),
    (path) => Deno.remove(path, { recursive: true }),
  );
  const args = [
    ...["--stack", setting.stack, "--workers", String(setting.workers)],
    ...["--tcp", "127.0.0.1:0", "--unix", `${directory}/good.sock`],
    ...["--generate", "ecdsa-p256", ...serve],
  ];
  const server = stack.use(
    options.files === undefined
      ? await SignerProcess.start(...args)
      : await SignerProcess.startLimited(options.files, ...args),
  );
  const tcp = server.addresses.find((address) => /:\d+$/.test(address))!;
  const address = options.good === "unix"
    ? server.addresses.find((address) => address.startsWith("unix:"))!
    : tcp;
  const good = stack.use(new GoodClient());
  await good.start({ address, kinds, deadlineMs: options.deadlineMs ?? 30_000 });
  const beforeMiB = residentMiB(server.pid, "VmRSS");
  const cpuBefore = server.cpuSeconds();
  const attackers = stack.use(new AsyncDisposableStack());
  const port = Number(/:(\d+)$/.exec(tcp)![1]);
  await attack({
    setting,
    server,
    port,
    attacker: async (approach) => attackers.use(await Attacker.connect(port, approach)),
  });
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const afterMiB = residentMiB(server.pid, "VmRSS");
  const peakMiB = residentMiB(server.pid, "VmHWM");
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  const records = await good.stop();
  await attackers[Symbol.asyncDispose]();
  const code = await server.stop();
  assert.equal(code, 0, await server.log);
  const all = Object.values(records) as CallRecord[];
  const latencies = all.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  return {
    answered: latencies.length,
    failures: Object.entries(records).flatMap(([kind, { failures }]) =>
      [...new Set(failures)].map((failure) => `${kind}: ${failure}`)
    ),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
    ...{ records, beforeMiB, peakMiB, afterMiB, cpuSeconds, log: await server.log },
  };
}

/** Returns a line of figures for the messages of assertions. */
export function summary(measured: Measured): string {
  const { answered, failures, p50Ms, p99Ms, beforeMiB, peakMiB, afterMiB, cpuSeconds } = measured;
  return [
    `${answered} answered`,
    ...failures,
    `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    `${beforeMiB.toFixed(0)} MiB before, ${peakMiB.toFixed(0)} at most, ${
      afterMiB.toFixed(0)
    } after`,
    `${cpuSeconds.toFixed(2)} s of CPU`,
  ].join("; ");
}

/** The handle of the good client on its thread. */
class GoodClient implements Disposable {
  readonly #worker = new Worker(new URL("./_good_client.ts", import.meta.url), { type: "module" });
  readonly #called = Promise.withResolvers<void>();
  readonly #records = Promise.withResolvers<CallRecords>();

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<CallRecords | "called">) => {
      if (data === "called") this.#called.resolve();
      else this.#records.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#called.reject(new Error(event.message));
      this.#records.reject(new Error(event.message));
    };
    // The promise that is awaited rejects with the error.
    this.#called.promise.catch(() => {});
    this.#records.promise.catch(() => {});
  }

  /** Starts the calls. Resolves when each kind was called once. */
  start(start: GoodClientStart): Promise<void> {
    this.#worker.postMessage(start);
    return this.#called.promise;
  }

  stop(): Promise<CallRecords> {
    this.#worker.postMessage("stop");
    return this.#records.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

function residentMiB(pid: number, name: "VmRSS" | "VmHWM"): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)![1]) / 1024;
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
