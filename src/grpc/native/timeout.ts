/** Units of `grpc-timeout` in milliseconds, from the smallest (grpc's PROTOCOL-HTTP2.md, TimeoutUnit). */
const units = [
  ["n", 1e-6],
  ["u", 1e-3],
  ["m", 1],
  ["S", 1_000],
  ["M", 60_000],
  ["H", 3_600_000],
] as const satisfies readonly (readonly [string, number])[];

const millisecondsOf: ReadonlyMap<string, number> = new Map(units);
const form = /^[0-9]{1,8}[HMSmun]$/;

/** The largest number that the eight digits of a `grpc-timeout` hold. */
const MAX_COUNT = 99_999_999;

/** The milliseconds of a `grpc-timeout`, or undefined when it is not one. */
export function parseTimeout(value: string): number | undefined {
  if (!form.test(value)) return undefined;
  return Number(value.slice(0, -1)) * millisecondsOf.get(value.at(-1)!)!;
}

/**
 * A `grpc-timeout` of that many milliseconds, rounded up, in the smallest unit that has room for it. What
 * is over already is `0n`; what is longer than gRPC can say (11,000 years) is the longest that it can.
 */
export function formatTimeout(milliseconds: number): string {
  if (!(milliseconds > 0)) return "0n";
  for (const [unit, size] of units) {
    const count = Math.ceil(milliseconds / size);
    if (count <= MAX_COUNT) return `${count}${unit}`;
  }
  return `${MAX_COUNT}H`;
}
