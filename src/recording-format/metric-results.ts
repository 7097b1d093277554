import type { MetricPoint, MetricResult, MetricSeries } from '../domain/evidence.ts';
import { formatInstant, type Instant, millisecondsPerSecond } from '../domain/instant.ts';
import { isRecord } from '../domain/shape.ts';
import {
  firstOf,
  type LooseRecord,
  labelsOf,
  numberOf,
  recordOf,
  secondsOf,
  textOf,
  timeOf,
  type Understood,
  understandEach,
} from './loose-values.ts';

/** Prometheus' own default evaluation and scrape interval: what a step most likely is where nothing tells it. */
const usualStepSeconds = 60;

/**
 * Metric query results from one file: our own entries {query, purpose, start, end, step, result}, a list of them, or
 * an answer of Prometheus' HTTP API as it is.
 */
export function readMetricResults(raw: unknown, from: { readonly fileName: string; readonly now: Instant }): Understood<MetricResult> {
  const entries = Array.isArray(raw) && raw.some((entry) => isRecord(entry) && !isSeries(entry)) ? raw : [raw];
  return understandEach(entries, (entry) => readMetricResult(entry, from));
}

function readMetricResult(raw: unknown, from: { readonly fileName: string; readonly now: Instant }): MetricResult | string {
  const entry = recordOf(raw);
  const problem = firstOf(entry, 'error') ?? firstOf(recordOf(entry['result']), 'error');
  if (problem !== undefined) return `the query failed when it was recorded: ${textOf(problem) ?? 'no reason given'}`;
  const series = seriesOf(Array.isArray(raw) ? raw : firstOf(entry, 'result', 'data', 'response', 'series'));
  if (series === undefined) return 'no "result" with Prometheus matrix or vector data';
  const times = series.flatMap((each) => each.points.map((point) => point.at));
  const until = timeOf(firstOf(entry, 'end', 'until', 'to', 'time')) ?? newest(times) ?? from.now;
  return {
    expression: textOf(firstOf(entry, 'query', 'expression', 'expr', 'promql')) ?? from.fileName.replace(/\.[a-z]+$/i, ''),
    purpose: entry['purpose'] === 'alert' ? 'alert' : 'context',
    from: timeOf(firstOf(entry, 'start', 'from')) ?? oldest(times) ?? until,
    until,
    stepSeconds: secondsOf(firstOf(entry, 'step', 'stepSeconds')) ?? smallestStep(series) ?? usualStepSeconds,
    series,
  };
}

/** Undefined: no Prometheus data in it. The data may be wrapped in an answer, in `data`, or be the bare list of series. */
function seriesOf(raw: unknown): readonly MetricSeries[] | undefined {
  const data = isRecord(raw) && isRecord(raw['data']) ? raw['data'] : raw;
  const result = isRecord(data) ? firstOf(data, 'result', 'series') : data;
  if (!Array.isArray(result)) return undefined;
  if (isRecord(data) && data['resultType'] === 'scalar') return [{ labels: {}, points: pointsOf([result]) }];
  return result.every(isSeries) ? result.map(readSeries) : undefined;
}

function isSeries(raw: unknown): raw is LooseRecord {
  return isRecord(raw) && (Array.isArray(raw['values']) || Array.isArray(raw['value']) || Array.isArray(raw['points']));
}

function readSeries(raw: LooseRecord): MetricSeries {
  const samples = Array.isArray(raw['value']) ? [raw['value']] : firstOf(raw, 'values', 'points');
  return { labels: labelsOf(firstOf(raw, 'metric', 'labels')), points: pointsOf(Array.isArray(samples) ? samples : []) };
}

/** Samples that are not finite say "no figure" (for example 0/0 without traffic) and are left out like missing ones. */
function pointsOf(samples: readonly unknown[]): readonly MetricPoint[] {
  const points = samples.flatMap((sample): readonly MetricPoint[] => {
    const [rawTime, rawValue] = Array.isArray(sample) ? sample : [recordOf(sample)['at'], recordOf(sample)['value']];
    const at = timeOf(rawTime);
    const value = numberOf(rawValue);
    return at === undefined || value === undefined ? [] : [{ at, value }];
  });
  return points.toSorted((one, other) => one.at - other.at);
}

function newest(times: readonly Instant[]): Instant | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.max(one, other));
}

function oldest(times: readonly Instant[]): Instant | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other));
}

function smallestStep(series: readonly MetricSeries[]): number | undefined {
  let smallest = Number.POSITIVE_INFINITY;
  for (const { points } of series) {
    for (let position = 1; position < points.length; position += 1) {
      const gap = ((points[position]?.at ?? 0) - (points[position - 1]?.at ?? 0)) / millisecondsPerSecond;
      if (gap > 0) smallest = Math.min(smallest, gap);
    }
  }
  return Number.isFinite(smallest) ? smallest : undefined;
}

/** The form that the format's page describes, with the data as Prometheus writes it. */
export function writeMetricResult(metric: MetricResult): LooseRecord {
  return {
    query: metric.expression,
    purpose: metric.purpose,
    start: formatInstant(metric.from),
    end: formatInstant(metric.until),
    step: metric.stepSeconds,
    result: {
      resultType: 'matrix',
      result: metric.series.map(({ labels, points }) => ({
        metric: labels,
        values: points.map(({ at, value }) => [at / millisecondsPerSecond, String(value)]),
      })),
    },
  };
}
