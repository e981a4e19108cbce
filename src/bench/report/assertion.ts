/** Assertions on reports, for `--assert`. @module */
import type { LayerError } from "../../errors/mod.ts";
import { Histogram } from "../collector/mod.ts";
import type { ResourceFigures } from "../resources/mod.ts";
import type { Report } from "./report.ts";
import { formatBytes, formatNanoseconds } from "./units.ts";

/** A syntax error in an assertion. */
export class AssertionSyntaxError extends Error implements LayerError<"bench"> {
  override readonly name = "AssertionSyntaxError";
  readonly layer = "bench";
  readonly code = "BAD_ASSERTION";
}

/** A condition on a report. */
export interface Assertion {
  /** The source text. */
  readonly text: string;
  readonly metric: string;
  /** Returns the reason why a report does not meet the condition; undefined if it does. */
  failure(report: Report): string | undefined;
}

type Kind = "time" | "count" | "bytes" | "rate";

/** The metrics of assertions, besides percentiles such as `p99`. */
const metrics: Readonly<Record<string, readonly [Kind, (report: Report) => number | undefined]>> = {
  rps: ["rate", ({ rps }) => rps],
  count: ["count", ({ count }) => count],
  errors: ["count", ({ errors }) => errors],
  unsent: ["count", ({ unsent }) => unsent],
  mean: ["time", ({ average }) => average],
  deviation: ["time", ({ deviation }) => deviation],
  min: ["time", ({ fastest }) => fastest],
  max: ["time", ({ slowest }) => slowest],
  client_cores: ["rate", (report) => most(report, ({ client }) => client.cores)],
  server_cores: ["rate", (report) => most(report, ({ server }) => server?.cores)],
  server_memory: ["bytes", (report) => most(report, ({ server }) => server?.residentBytes.peak)],
  server_memory_growth: [
    "bytes",
    (report) =>
      most(
        report,
        ({ server }) => server && server.residentBytes.last - server.residentBytes.first,
      ),
  ],
  server_descriptors_growth: [
    "count",
    (report) =>
      most(
        report,
        ({ server }) => server?.descriptors && server.descriptors.last - server.descriptors.first,
      ),
  ],
};

const units: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  time: { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 60e9 },
  count: { "": 1 },
  rate: { "": 1 },
  bytes: { "": 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/**
 * Parses conditions such as `p99<1ms,errors=0,rps>10000` or `errors<0.1%`. Times have a unit; a share of all requests
 * has a %. Percentiles are measured from the due time; with the prefix `sent_`, from the send time.
 *
 * @throws {AssertionSyntaxError}
 */
export function parseAssertions(text: string): Assertion[] {
  return text.split(",").map((each) => parseAssertion(each.trim()));
}

function parseAssertion(text: string): Assertion {
  const [, metric, operator, number, unit] =
    /^([a-z_0-9.]+)\s*(<=|>=|!=|<|>|=)=?\s*(\d+(?:\.\d+)?)\s*([A-Za-zµμ%]*)$/.exec(text) ?? [];
  if (metric === undefined) {
    throw new AssertionSyntaxError(
      `Cannot read the condition ${
        JSON.stringify(text)
      }: write it as p99<1ms, errors=0 or rps>1000`,
    );
  }
  const [kind, read] = metricOf(metric);
  const share = unit === "%" && kind === "count";
  const factor = share ? 1 : units[kind][unit];
  if (factor === undefined) {
    const known = Object.keys(units[kind]).filter(Boolean);
    const wanted = kind === "count"
      ? "a number, or a share of all requests in %"
      : known.length > 0
      ? `a number in ${known.join(", ")}`
      : "a number without a unit";
    throw new AssertionSyntaxError(`${metric} in ${JSON.stringify(text)} needs ${wanted}`);
  }
  const limit = Number(number) * factor;
  return {
    text,
    metric,
    failure(report) {
      const value = read(report);
      if (value === undefined) return `${text}: there is no such figure in this run`;
      const compared = share ? value / report.count * 100 : value;
      if (comparisons[operator](compared, limit)) return undefined;
      return `${text}: it is ${share ? `${compared} %` : format(kind, value)}`;
    },
  };
}

/** Returns the largest value of several runs; undefined if no run has one. */
function most(
  { resources }: Report,
  figure: (resources: ResourceFigures) => number | undefined,
): number | undefined {
  const known = resources.flatMap((each) => figure(each) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

function metricOf(name: string): readonly [Kind, (report: Report) => number | undefined] {
  const [, sent, percent] = /^(sent_)?p(\d{1,2}(?:\.\d{1,4})?|100)$/.exec(name) ?? [];
  if (percent !== undefined) {
    return ["time", ({ hdr, uncorrected }) => {
      const histogram = Histogram.fromEncoded(sent === undefined ? hdr : uncorrected.hdr);
      // Without a success there is no latency, and the condition is not met.
      return histogram.count === 0 ? undefined : histogram.percentile(Number(percent));
    }];
  }
  const known = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (known !== undefined) return known;
  throw new AssertionSyntaxError(
    `Nothing is measured that is called ${JSON.stringify(name)}: use p50, p99.9 or another ` +
      `percentile, or ${Object.keys(metrics).join(", ")}`,
  );
}

function format(kind: Kind, value: number): string {
  if (kind === "time") return formatNanoseconds(value);
  return kind === "bytes" ? formatBytes(value) : String(value);
}
