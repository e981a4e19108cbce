/** Timeouts in the form of the field `grpc-timeout`. @module */

/** Units of `grpc-timeout` in milliseconds, from the smallest (grpc's PROTOCOL-HTTP2.md, TimeoutUnit). */
const units = [
  ["n", 1e-6],
  ["u", 1e-3],
  ["m", 1],
  ["S", 1_000],
  ["M", 60_000],
  ["H", 3_600_000],
] as const satisfies readonly (readonly [string, number])[];

/** Milliseconds by the character code of a unit; 0 for a character that is none. */
const millisecondsOf = new Float64Array(128);
for (const [unit, size] of units) millisecondsOf[unit.charCodeAt(0)] = size;

/** The most digits of a `grpc-timeout`, and its largest number. */
const MAX_DIGITS = 8;
const MAX_COUNT = 99_999_999;

/**
 * Parses a `grpc-timeout` to milliseconds; undefined when it is malformed. Without a regular expression, as most clients
 * send a value of its own with each call.
 */
export function parseTimeout(value: string): number | undefined {
  const digits = value.length - 1;
  if (digits < 1 || digits > MAX_DIGITS) return undefined;
  let count = 0;
  for (let i = 0; i < digits; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  const unit = value.charCodeAt(digits);
  const size = unit < millisecondsOf.length ? millisecondsOf[unit] : 0;
  return size === 0 ? undefined : count * size;
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
