/**
 * What measures a wrapper of the service, in the same registry and at the same port as the service's own metrics. No type of
 * prom-client stands here, since it is optional.
 */
export interface WrapperMetrics {
  /** Adds a gauge. @param read called at every scrape, so it must be cheap */
  gauge(metric: MetricName, read: ReadSamples): void;
  /** Adds a counter. @param read as of a gauge; its values never fall */
  counter(metric: MetricName, read: ReadSamples): void;
  /** @param buckets upper bounds in ascending order */
  histogram<Label extends string>(
    metric: MetricName & { readonly buckets: readonly number[] },
  ): SeriesHistogram<Label>;
}

export interface MetricName {
  /** The whole name, with the unit at its end. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** The names of its labels. Default: none. */
  readonly labels?: readonly string[];
}

export type ReadSamples = () => readonly Sample[] | Promise<readonly Sample[]>;

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram whose series are created once and kept by the caller. */
export interface SeriesHistogram<Label extends string> {
  series(labels: Readonly<Record<Label, string>>): Series;
}

/** One series of a histogram, which counts values by buckets. */
export interface Series {
  observe(value: number): void;
}
