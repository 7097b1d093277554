import { type Citation, citeMetric } from './citation.ts';
import type { MetricPoint, MetricResult, MetricSeries } from './evidence.ts';
import { clockTime, type Instant } from './instant.ts';
import { parseQuantity } from './quantity.ts';
import { containerOf, type Replica } from './replica.ts';

/** Measurements of containers that every kubelet exposes. Source: cAdvisor, by way of Prometheus. */
export type ContainerMetric = 'memory-bytes' | 'memory-share' | 'cpu-cores' | 'throttled-share';

/** What to ask Prometheus for the containers of a namespace, so that `measured` finds it again. */
export function containerQueries(namespace: string): readonly string[] {
  const of = `{namespace="${namespace}",container!="",container!="POD"}`;
  return [
    `max by (namespace, pod, container) (container_memory_working_set_bytes${of})`,
    `sum by (namespace, pod, container) (rate(container_cpu_usage_seconds_total${of}[5m]))`,
    `sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total${of}[5m])) / sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total${of}[5m]))`,
  ];
}

const looks: { readonly [Metric in ContainerMetric]: (expression: string) => boolean } = {
  'memory-bytes': (expression) => /container_memory_(?:working_set_bytes|rss)\b/.test(expression) && !expression.includes('/'),
  'memory-share': (expression) =>
    /container_memory_(?:working_set_bytes|rss)\b[^/]*\/[^/]*(?:container_spec_memory_limit_bytes|kube_pod_container_resource_limits)/.test(
      expression,
    ),
  'cpu-cores': (expression) => expression.includes('container_cpu_usage_seconds_total') && !expression.includes('/'),
  'throttled-share': (expression) =>
    expression.includes('container_cpu_cfs_throttled_periods_total') && expression.includes('container_cpu_cfs_periods_total'),
};

/** One measurement of one container over time. */
export interface Measured {
  readonly points: readonly [MetricPoint, ...MetricPoint[]];
  readonly last: MetricPoint;
  readonly citation: Citation;
}

/** Undefined: metrics were not read, or hold no such series. Where the series name no container, the pod must have only one. */
export function measured(
  metric: ContainerMetric,
  of: { readonly replica: Replica; readonly container: string },
  metrics: readonly MetricResult[] | undefined,
): Measured | undefined {
  if (metrics === undefined || metrics.length === 0) return undefined;
  const index = indexes.get(metrics) ?? makeIndex(metrics);
  indexes.set(metrics, index);
  const { namespace, name } = of.replica.pod.metadata;
  const isOnly = of.replica.pod.spec.containers.length === 1;
  const places = [namespace ?? '', ''].flatMap((place) =>
    [of.container, ...(isOnly ? [''] : [])].map((container) => seriesKey(metric, place, name, container)),
  );
  const found = places.map((key) => index.get(key)).find((each) => each !== undefined);
  const [first, ...more] = found?.series.points ?? [];
  if (found === undefined || first === undefined) return undefined;
  const last = more.at(-1) ?? first;
  return {
    points: [first, ...more],
    last,
    citation: citeMetric(found.result, `${name}/${of.container}: ${round(last.value)} at ${clockTime(last.at)}`, last.at),
  };
}

type SeriesIndex = ReadonlyMap<string, { readonly result: MetricResult; readonly series: MetricSeries }>;

/** Made once per reading: looking through all series for each container would grow with their product. */
const indexes = new WeakMap<readonly MetricResult[], SeriesIndex>();

function makeIndex(metrics: readonly MetricResult[]): SeriesIndex {
  const index = new Map<string, { readonly result: MetricResult; readonly series: MetricSeries }>();
  for (const result of metrics) {
    const expression = result.expression.replace(/"[^"]*"/g, '""');
    const metric = kinds.find((kind) => looks[kind](expression));
    if (metric === undefined) continue;
    for (const series of result.series) {
      const key = seriesKey(metric, series.labels['namespace'] ?? '', series.labels['pod'] ?? '', series.labels['container'] ?? '');
      if (!index.has(key)) index.set(key, { result, series });
    }
  }
  return index;
}

const kinds: readonly ContainerMetric[] = ['memory-bytes', 'memory-share', 'cpu-cores', 'throttled-share'];

function seriesKey(metric: ContainerMetric, namespace: string, pod: string, container: string): string {
  return [metric, namespace, pod, container].join('/');
}

function round(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Math.round(value * 1000) / 1000);
}

/** Bytes or cores that the container may use. Absent: no limit. */
export function limitOf(replica: Replica, container: string, resource: 'cpu' | 'memory'): number | undefined {
  return parseQuantity(containerOf(replica.pod, container)?.resources.limits[resource]);
}

/** A share above this is one of a hundred: nothing uses twice its limit. */
const largestShare = 2;

/** Memory in bytes, however it was asked for: as such, or as a share of the limit, as alerts do. */
export function memoryOf(
  of: { readonly replica: Replica; readonly container: string },
  metrics: readonly MetricResult[] | undefined,
): Measured | undefined {
  const bytes = measured('memory-bytes', of, metrics);
  const share = bytes === undefined ? measured('memory-share', of, metrics) : undefined;
  const limit = limitOf(of.replica, of.container, 'memory');
  if (share === undefined || limit === undefined) return bytes;
  const whole = share.points.some(({ value }) => value > largestShare) ? 100 : 1;
  const inBytes = (point: MetricPoint): MetricPoint => ({ at: point.at, value: (point.value / whole) * limit });
  const [first, ...more] = share.points;
  return { points: [inBytes(first), ...more.map(inBytes)], last: inBytes(share.last), citation: share.citation };
}

/** A straight line through the points, by least squares. Undefined: fewer than three points, or all at one time. */
export function trendOf(
  points: readonly MetricPoint[],
): { readonly perSecond: number; readonly fit: number; readonly rise: number } | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 3) return undefined;
  const seconds = points.map((point) => (point.at - first.at) / 1000);
  const meanTime = mean(seconds);
  const meanValue = mean(points.map((point) => point.value));
  let spread = 0;
  let together = 0;
  let variance = 0;
  points.forEach((point, index) => {
    const time = (seconds[index] ?? 0) - meanTime;
    const value = point.value - meanValue;
    spread += time * time;
    together += time * value;
    variance += value * value;
  });
  if (spread === 0) return undefined;
  const perSecond = together / spread;
  return { perSecond, fit: variance === 0 ? 0 : (perSecond * together) / variance, rise: perSecond * ((last.at - first.at) / 1000) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Points of the last so many milliseconds. */
export function recentPoints(points: readonly MetricPoint[], now: Instant, milliseconds: number): readonly MetricPoint[] {
  return points.filter((point) => now - point.at <= milliseconds);
}
