import { JsonValueError, scalarOf } from "./json_scalars.ts";

/** A message that ProtoJSON writes in a way of its own. Its fields are as proto-loader has them. */
interface WellKnown {
  parse(value: unknown): Record<string, unknown>;
  print(message: Record<string, unknown>): unknown;
}

/** protobuf's timestamp.proto: from year 1 to year 9999. */
const timestampSeconds = { min: -62_135_596_800, max: 253_402_300_799 } as const;

const timestamp: WellKnown = {
  parse(value) {
    const [, date, fraction = "", zone] = typeof value === "string"
      ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(value) ?? []
      : [];
    const seconds = date ? Date.parse(`${date}${zone}`) / 1000 : NaN;
    if (!(seconds >= timestampSeconds.min && seconds <= timestampSeconds.max)) {
      throw new JsonValueError("must be a time such as 2030-01-31T12:00:00.5Z");
    }
    return { seconds: String(seconds), nanos: Number(fraction.padEnd(9, "0")) };
  },
  print({ seconds = "0", nanos = 0 }) {
    const date = new Date(Number(seconds) * 1000);
    if (Number.isNaN(date.getTime())) return { seconds, nanos };
    return date.toISOString().replace(/\.\d+Z$/, `${fractionOf(nanos as number)}Z`);
  },
};

/** protobuf's duration.proto: some 10,000 years. */
const maxDurationSeconds = 315_576_000_000;

const duration: WellKnown = {
  parse(value) {
    const [, sign, whole, fraction = ""] = typeof value === "string"
      ? /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(value) ?? []
      : [];
    if (!(Number(whole) <= maxDurationSeconds)) {
      throw new JsonValueError("must be a duration in seconds such as 1.5s");
    }
    const nanos = Number(fraction.padEnd(9, "0"));
    return { seconds: `${sign}${whole}`, nanos: sign && nanos ? -nanos : nanos };
  },
  print({ seconds = "0", nanos = 0 }) {
    const negative = String(seconds).startsWith("-") || (nanos as number) < 0;
    const whole = String(seconds).replace("-", "");
    return `${negative ? "-" : ""}${whole}${fractionOf(Math.abs(nanos as number))}s`;
  },
};

/** Nanoseconds as a decimal fraction of 3, 6 or 9 digits, or none. */
function fractionOf(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.replace(/(000){1,2}$/, "")}`;
}

/** protobuf's wrappers.proto: written as the value that they hold. */
function wrapper(type: `TYPE_${string}`): WellKnown {
  const scalar = scalarOf(type);
  const unset = type === "TYPE_STRING" || type === "TYPE_BYTES"
    ? ""
    : type === "TYPE_BOOL"
    ? false
    : 0;
  return {
    parse: (value) => ({ value: scalar.parse(value) }),
    print: ({ value }) => value === undefined ? unset : scalar.print(value),
  };
}

/** Messages with a form of their own that is not read here; they are printed field by field. */
const unsupported = ["Any", "Struct", "Value", "ListValue", "FieldMask"];

const wellKnown: Readonly<Record<string, WellKnown>> = {
  "google.protobuf.Timestamp": timestamp,
  "google.protobuf.Duration": duration,
  "google.protobuf.DoubleValue": wrapper("TYPE_DOUBLE"),
  "google.protobuf.FloatValue": wrapper("TYPE_FLOAT"),
  "google.protobuf.Int64Value": wrapper("TYPE_INT64"),
  "google.protobuf.UInt64Value": wrapper("TYPE_UINT64"),
  "google.protobuf.Int32Value": wrapper("TYPE_INT32"),
  "google.protobuf.UInt32Value": wrapper("TYPE_UINT32"),
  "google.protobuf.BoolValue": wrapper("TYPE_BOOL"),
  "google.protobuf.StringValue": wrapper("TYPE_STRING"),
  "google.protobuf.BytesValue": wrapper("TYPE_BYTES"),
};

/** How ProtoJSON writes a message, where it is not field by field. */
export function wellKnownForm(name: string): WellKnown | undefined {
  return wellKnown[name];
}

/** @throws {JsonValueError} for a message whose form is not read here */
export function refuseUnsupported(name: string): void {
  if (unsupported.some((each) => name === `google.protobuf.${each}`)) {
    throw new JsonValueError(`is a ${name}, whose JSON form this client does not read`);
  }
}
