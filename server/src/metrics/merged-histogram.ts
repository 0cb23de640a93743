import { eachBucket, middleOf, type SparseHistogram } from '@dimmer/core/histogram';
import type { Histogram, Registry } from 'prom-client';

interface Series<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** Those at most as long as the bound at the same index. */
  readonly atMost: number[];
  count: number;
  /** Seconds. Each time counts as the middle of its bucket: exact to 1/64, as everything is that was summed up. */
  sum: number;
}

/**
 * A Prometheus histogram of times that others have counted. The library's own takes one time after another, and here they
 * come by the thousand.
 */
export class MergedHistogram<Label extends string> {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series<Label>>();

  /** @param bounds in seconds, ascending, without infinity */
  constructor(
    registry: Registry,
    { name, help, bounds }: { readonly name: string; readonly help: string; readonly bounds: readonly number[] },
  ) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    // Of a metric, the registry asks for its name, and for what `get` answers.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** @param latency in milliseconds */
  add(labels: Readonly<Record<Label, string>>, latency: SparseHistogram): void {
    const series = this.#seriesOf(labels);
    eachBucket(latency, (bucket, times) => {
      const seconds = middleOf(bucket) / 1_000;
      series.count += times;
      series.sum += seconds * times;
      this.#bounds.forEach((bound, index) => {
        if (seconds <= bound) series.atMost[index] = (series.atMost[index] ?? 0) + times;
      });
    });
  }

  /** What the registry shows. */
  async get() {
    const values = [...this.#series.values()].flatMap(({ labels, atMost, count, sum }) => [
      ...this.#bounds.map((le, index) => this.#value('bucket', { ...labels, le: String(le) }, atMost[index] ?? 0)),
      this.#value('bucket', { ...labels, le: '+Inf' }, count),
      this.#value('sum', labels, sum),
      this.#value('count', labels, count),
    ]);
    return { name: this.name, help: this.#help, type: 'histogram', aggregator: 'sum', values };
  }

  #value(suffix: string, labels: Readonly<Record<string, string>>, value: number) {
    return { metricName: `${this.name}_${suffix}`, labels, value };
  }

  #seriesOf(labels: Readonly<Record<Label, string>>): Series<Label> {
    const key = JSON.stringify(Object.values(labels));
    let series = this.#series.get(key);
    if (!series) {
      series = { labels, atMost: this.#bounds.map(() => 0), count: 0, sum: 0 };
      this.#series.set(key, series);
    }
    return series;
  }
}
