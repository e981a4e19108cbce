/**
 * Metrics as text, written by prom-client: Prometheus's format 0.0.4, and OpenMetrics 1.0.0
 * (https://prometheus.io/docs/specs/om/).
 *
 * The counters of prom-client are not used, as they are in the heap of one thread. Its registry writes the samples of any
 * object that has them, as it does for the metrics of other processes.
 *
 * @module
 */
// The package's main module takes 8 MB and 28 ms more, for pushing metrics and for clusters of processes.
import PromRegistry from "prom-client/lib/registry.js";
import { BUCKETS, type Exemplar, type Metric, type MetricName, metrics } from "../metrics/mod.ts";

/** A metric as the registry of prom-client reads it (`MetricObjectWithValues` of its types). */
interface Family {
  name: string;
  readonly help: string;
  readonly type: Metric["type"];
  readonly values: readonly Sample[];
  get(): Promise<Family>;
}

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The name of a histogram's series. */
  readonly metricName?: string;
  readonly exemplar?: {
    readonly labelSet: { readonly trace_id: string };
    readonly value: number;
    readonly timestamp: number;
  };
}

/** The part of prom-client's registry that is used; its types do not cover the module. */
const Registry: {
  new (contentType: string): { registerMetric(metric: Family): void; metrics(): Promise<string> };
  readonly PROMETHEUS_CONTENT_TYPE: string;
  readonly OPENMETRICS_CONTENT_TYPE: string;
} = PromRegistry;

/** The formats with their content types. */
export const contentTypes = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;
export type ExpositionFormat = keyof typeof contentTypes;

/** Returns the format that a scraper asks for by its Accept header. */
export function formatOf(accept: string): ExpositionFormat {
  return accept.includes("application/openmetrics-text") ? "openmetrics" : "prometheus";
}

/** The label values of a sample, in the order of the metric's labels. */
type Values = readonly string[];

/** A histogram's observations with one set of label values. */
export interface HistogramSample {
  readonly values: Values;
  /** Observations of each bucket, without those of smaller ones. */
  readonly times: readonly number[];
  readonly seconds: number;
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

/** A text of metrics. Each metric is added once, with all its samples. */
export class Exposition {
  readonly #registry: InstanceType<typeof Registry>;

  constructor(format: ExpositionFormat) {
    this.#registry = new Registry(contentTypes[format]);
  }

  /** Adds a counter or gauge. */
  add(name: MetricName, samples: Iterable<readonly [number, ...Values]>): void {
    this.#register(
      name,
      Array.from(samples, ([value, ...values]) => ({ value, labels: labelsOf(name, values) })),
    );
  }

  /** Adds a histogram over `BUCKETS`, from the number of observations in each bucket, and exemplars in OpenMetrics. */
  addHistogram(name: MetricName, samples: Iterable<HistogramSample>): void {
    this.#register(name, [...samples].flatMap((sample) => seriesOf(name, sample)));
  }

  /** Writes the text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #register(name: MetricName, values: readonly Sample[]): void {
    const { type, help } = metrics[name];
    this.#registry.registerMetric({
      ...{ name, type, help, values },
      // The registry takes `_total` off the name of a counter in OpenMetrics, and reads the name again.
      get() {
        return Promise.resolve(this);
      },
    });
  }
}

/** Returns the samples of a histogram: a cumulative one for each bucket, the sum and the count. */
function seriesOf(name: MetricName, sample: HistogramSample): Sample[] {
  const { values, times, seconds, exemplars = [] } = sample;
  const labels = labelsOf(name, values);
  let count = 0;
  const buckets = times.map((more, index) => {
    const exemplar = exemplars[index];
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: index < BUCKETS.length ? `${BUCKETS[index]}` : "+Inf" },
      value: count += more,
      ...exemplar && {
        exemplar: {
          labelSet: { trace_id: exemplar.traceId },
          value: exemplar.seconds,
          timestamp: exemplar.timestamp,
        },
      },
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

function labelsOf(name: MetricName, values: Values): Record<string, string> {
  const { labels }: Metric = metrics[name];
  return Object.fromEntries(labels.map((label, index) => [label, values[index]]));
}
