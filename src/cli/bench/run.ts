import { type Report, reportOf } from "../../bench/mod.ts";
import { usageError } from "../exit.ts";
import { conclude } from "./conclude.ts";
import { interruption, makeLoad } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { planOf, type Shape, shapeOf } from "./plan.ts";
import { openTarget } from "./target.ts";
import { checkWorkload, findWorkload, type NamedWorkload } from "./workload.ts";

/** The key of a server of one's own, when none is asked for. */
const defaultKeyType = "ecdsa-p256";

/** `bench METHOD`. */
export async function runBench(method: string | undefined, options: BenchOptions): Promise<void> {
  conclude(await measureMethod(method, options), options);
}

/** Makes load with a method, and measures it. */
export async function measureMethod(
  method: string | undefined,
  options: BenchOptions,
): Promise<Report> {
  checkWorkload(method, options);
  return await measure(
    options,
    shapeOf(options),
    (addresses) => findWorkload(method!, options, addresses),
  );
}

/** `bench connect`. */
export async function runConnect(options: BenchOptions): Promise<void> {
  if (options.connections > 1) {
    throw usageError(
      "--connections does not fit bench connect",
      "Use -c: so many are made at once",
    );
  }
  const workload: NamedWorkload = { workload: { kind: "connect" }, call: "connect" };
  const report = await measure(options, shapeOf(options), () => Promise.resolve(workload));
  conclude(report, options);
}

/** The types of the keys that a server of one's own needs. */
export function ownKeyTypes({ keyType, key }: BenchOptions): string[] {
  return key === undefined ? [keyType ?? defaultKeyType] : [];
}

async function measure(
  options: BenchOptions,
  shape: Shape,
  findWork: (addresses: readonly string[]) => Promise<NamedWorkload>,
): Promise<Report> {
  using interrupted = interruption();
  await using target = await openTarget(options, ownKeyTypes(options));
  const work = await findWork(target.addresses);
  const plan = await planOf(options, shape, work, target.addresses);
  const result = await makeLoad(plan, options, target.pid, interrupted.signal);
  return reportOf(result, work.call, options.name);
}
