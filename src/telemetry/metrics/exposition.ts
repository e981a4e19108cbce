/**
 * Metrics as text: Prometheus's format 0.0.4, and OpenMetrics 1.0.0 (https://prometheus.io/docs/specs/om/).
 *
 * @module
 */
import { BUCKETS, type Exemplar } from "./counters.ts";
import { type Metric, type MetricName, metrics } from "./catalog.ts";

/** The formats with their content types. */
export const contentTypes = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
} as const;
export type ExpositionFormat = keyof typeof contentTypes;

/** Returns the format that a scraper asks for by its Accept header. */
export function formatOf(accept: string): ExpositionFormat {
  return accept.includes("application/openmetrics-text") ? "openmetrics" : "prometheus";
}

/** The label values of a sample, in the order of the metric's labels. */
type Values = readonly string[];

/** A text of metrics. Each metric is added once, with all its samples. */
export class Exposition {
  readonly #format: ExpositionFormat;
  readonly #lines: string[] = [];

  constructor(format: ExpositionFormat) {
    this.#format = format;
  }

  /** Adds a counter or gauge. */
  add(name: MetricName, samples: Iterable<readonly [number, ...Values]>): void {
    this.#describe(name);
    for (const [value, ...values] of samples) this.#sample(name, name, values, value);
  }

  /** Adds a histogram over `BUCKETS`, from the number of observations in each bucket, and exemplars in OpenMetrics. */
  addHistogram(
    name: MetricName,
    samples: Iterable<HistogramSample>,
  ): void {
    this.#describe(name);
    for (const { values, times, seconds, exemplars = [] } of samples) {
      let sum = 0;
      times.forEach((count, index) => {
        sum += count;
        const bound = index < BUCKETS.length ? `${BUCKETS[index]}` : "+Inf";
        this.#sample(name, `${name}_bucket`, values, sum, bound, exemplars[index]);
      });
      this.#sample(name, `${name}_sum`, values, seconds);
      this.#sample(name, `${name}_count`, values, sum);
    }
  }

  toString(): string {
    return [...this.#lines, ...(this.#format === "openmetrics" ? ["# EOF"] : []), ""].join("\n");
  }

  #describe(name: MetricName): void {
    const { type, help }: Metric = metrics[name];
    // OpenMetrics names the family of a counter without its suffix.
    const family = this.#format === "openmetrics" && type === "counter"
      ? name.replace(/_total$/, "")
      : name;
    this.#lines.push(`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`);
  }

  #sample(
    name: MetricName,
    series: string,
    values: Values,
    value: number,
    le?: string,
    exemplar?: Exemplar,
  ): void {
    const { labels }: Metric = metrics[name];
    const pairs = labels.map((label, index) => `${label}="${escape(values[index])}"`);
    if (le !== undefined) pairs.push(`le="${le}"`);
    const labelled = pairs.length > 0 ? `{${pairs.join(",")}}` : "";
    this.#lines.push(`${series}${labelled} ${value}${this.#exemplar(exemplar)}`);
  }

  /** The text format of Prometheus has no exemplars. */
  #exemplar(exemplar: Exemplar | undefined): string {
    if (exemplar === undefined || this.#format !== "openmetrics") return "";
    const { traceId, seconds, timestamp } = exemplar;
    return ` # {trace_id="${traceId}"} ${seconds} ${timestamp}`;
  }
}

/** A histogram's observations with one set of label values. */
export interface HistogramSample {
  readonly values: readonly string[];
  /** Observations by bucket, each for itself. */
  readonly times: readonly number[];
  readonly seconds: number;
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

function escape(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
