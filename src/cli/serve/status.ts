/** The document from which the status page is drawn, `/status.json`. It has no secret. @module */
import { type CryptoProvider, type KeyDescription, signsAt, verifiesAt } from "../../crypto/mod.ts";
import { statusName } from "../../grpc/mod.ts";
import { BUCKETS, type MethodCounts, type ThreadCounts } from "../../telemetry/metrics/mod.ts";
import { processFigures } from "./process_metrics.ts";

/** The facts of a server that are known once it serves. */
export interface ServingFacts {
  readonly stack: string;
  readonly workers: number;
  /** Addresses of the listeners. */
  readonly listeners: readonly string[];
  readonly tls: boolean;
  /** Limits by name; `Infinity` for none. */
  readonly limits: Readonly<Record<string, number>>;
}

/** The figures of a thread. */
export interface ThreadFigures {
  readonly name: string;
  readonly cpuSeconds: number | undefined;
  readonly lagSeconds: number;
  /** The counters of a thread that serves. */
  readonly counts: ThreadCounts | undefined;
}

/** The parts that a status is described from. */
export interface StatusParts {
  readonly version: string;
  readonly provider: Pick<CryptoProvider, "name" | "version">;
  readonly phase: string;
  readonly obstacle: string | undefined;
  readonly serving: ServingFacts;
  readonly running: readonly ThreadCounts[];
  readonly ended: readonly ThreadCounts[];
  readonly threads: readonly ThreadFigures[];
  readonly workerFailures: number;
  readonly keys: readonly KeyDescription[];
  readonly reloads: {
    readonly success: number;
    readonly failure: number;
    readonly last: { readonly at: number; readonly outcome: string } | undefined;
  };
  readonly certificates: readonly { subject: string; serial: string; end: number }[];
}

/** The document. Counts are of the time since the start; the page computes rates. */
export type StatusDocument = ReturnType<typeof describeStatus>;

const DAY_MS = 86_400_000;

/** Describes the status of a server. */
export function describeStatus(parts: StatusParts) {
  const { version, provider, phase, obstacle, serving, running, ended, certificates } = parts;
  const all = [...running, ...ended];
  const methods = sumMethods(all);
  const now = Date.now();
  const sum = (value: (one: ThreadCounts["connections"][number]) => number, of = all) =>
    of.flatMap(({ connections }) => connections).reduce((total, one) => total + value(one), 0);
  const limits = Object.entries(serving.limits)
    .map(([name, value]) => [name, Number.isFinite(value) ? value : null] as const);
  return {
    now,
    version,
    stack: serving.stack,
    provider: { name: provider.name, version: provider.version },
    startedAt: Math.round(performance.timeOrigin),
    phase,
    obstacle: obstacle ?? null,
    listeners: serving.listeners.map((address) => ({ address, tls: serving.tls })),
    threads: parts.threads.map(({ name, cpuSeconds, lagSeconds, counts }) => ({
      name,
      cpuSeconds: cpuSeconds ?? null,
      lagSeconds,
      connections: counts === undefined ? null : sum((one) => one.opened - one.closed, [counts]),
      calls: counts === undefined ? null : callsOf(counts.methods),
    })),
    workerFailures: parts.workerFailures,
    keys: parts.keys.map(({ id, type, isDefault, versions }) => ({
      ...{ id, type, isDefault },
      versions: versionsOf(versions, now),
    })),
    buckets: BUCKETS,
    methods: methods.filter(({ statuses }) => statuses.some((count) => count > 0))
      .map(({ method, statuses, times, waits }) => ({
        method,
        statuses: Object.fromEntries(
          statuses.flatMap((count, code) => count > 0 ? [[statusName(code), count]] : []),
        ),
        times,
        waits,
      })),
    connections: sum((one) => one.opened - one.closed, [...running]),
    streams: sum((one) => one.streams, [...running]),
    receivedBytes: sum((one) => one.received),
    sentBytes: sum((one) => one.sent),
    limits: Object.fromEntries(limits),
    limitHits: Object.fromEntries(sumLimits(all)),
    reloads: { ...parts.reloads, last: parts.reloads.last ?? null },
    certificates: certificates.map(({ subject, serial, end }) => ({
      subject,
      serial,
      expiresAt: end,
      daysLeft: Math.floor((end - now) / DAY_MS),
    })),
    process: processFigures(),
  };
}

/** Describes the versions of a key, the newest first, with the use of each at a time. */
function versionsOf(versions: KeyDescription["versions"], now: number) {
  const signer = versions.find((one) => signsAt(one, now));
  return versions.map((one) => {
    const { version, thumbprint, period: { notBefore, signUntil, verifyUntil } } = one;
    const use = one === signer
      ? "signs"
      : one.hasPrivateKey && (notBefore ?? 0) > now
      ? "will sign"
      : verifiesAt(one, now)
      ? "verifies"
      : "ended";
    return {
      ...{ version, thumbprint, use },
      notBefore: notBefore ?? null,
      signUntil: signUntil ?? null,
      verifyUntil: verifyUntil ?? null,
    };
  });
}

function callsOf(methods: readonly MethodCounts[]): number {
  return methods.flatMap(({ statuses }) => statuses).reduce((sum, count) => sum + count, 0);
}

/** Adds up the counts of limits over threads. Limits that were not reached are left out. */
export function sumLimits(threads: readonly ThreadCounts[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { limit, count } of threads.flatMap(({ limits }) => limits)) {
    if (count > 0) sums.set(limit, (sums.get(limit) ?? 0) + count);
  }
  return sums;
}

/** Adds up the counters of each method over threads. Of exemplars, the latest of each bucket stays. */
export function sumMethods(threads: readonly ThreadCounts[]): MethodCounts[] {
  const methods = new Map<string, MethodCounts>();
  for (const one of threads.flatMap(({ methods }) => methods)) {
    const sum = methods.get(one.method);
    methods.set(one.method, sum === undefined ? one : addMethod(sum, one));
  }
  return [...methods.values()];
}

function addMethod(a: MethodCounts, b: MethodCounts): MethodCounts {
  const add = (left: readonly number[], right: readonly number[]) =>
    left.map((count, index) => count + right[index]);
  return {
    method: a.method,
    statuses: add(a.statuses, b.statuses),
    times: add(a.times, b.times),
    seconds: a.seconds + b.seconds,
    waits: add(a.waits, b.waits),
    waitSeconds: a.waitSeconds + b.waitSeconds,
    exemplars: a.exemplars.map((left, index) => {
      const right = b.exemplars[index];
      return (right?.timestamp ?? 0) > (left?.timestamp ?? 0) ? right : left;
    }),
  };
}
