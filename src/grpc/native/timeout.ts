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

/** The largest number of a `grpc-timeout`, which has eight digits. */
const MAX_COUNT = 99_999_999;

/** Parses a `grpc-timeout` to milliseconds; undefined when it is malformed. */
export function parseTimeout(value: string): number | undefined {
  if (!form.test(value)) return undefined;
  return Number(value.slice(0, -1)) * millisecondsOf.get(value.at(-1)!)!;
}

/**
 * Formats milliseconds as a `grpc-timeout`, rounded up, in the smallest unit that fits. A negative time becomes
 * `0n`, and a time above gRPC's maximum (11,000 years) becomes the maximum.
 */
export function formatTimeout(milliseconds: number): string {
  if (!(milliseconds > 0)) return "0n";
  for (const [unit, size] of units) {
    const count = Math.ceil(milliseconds / size);
    if (count <= MAX_COUNT) return `${count}${unit}`;
  }
  return `${MAX_COUNT}H`;
}
