import type { Gap, MetricResult, Reading } from '../../domain/evidence.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { type EvidenceRequest, type MetricRequest, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { PrometheusAnswer, PrometheusClient } from './ask-prometheus.ts';
import { readMatrix } from './query-answer.ts';

/** Enough to see every step of an hour at 15 s twice over; Prometheus itself refuses more than 11,000. */
const mostPoints = 500;
/** More series than a person could compare; the alert's own ones are few. */
const mostSeries = 200;
/** A plan that asks more is a mistake, and must not burden the monitoring during an incident. */
const mostQueries = 40;

/** Each expression over the time that was asked for. Expressions that fail are gaps; if all fail, nothing was read. */
export async function readMetrics(
  client: PrometheusClient,
  request: EvidenceRequest<'metrics'>,
  signal: AbortSignal,
): Promise<Reading<'metrics'>> {
  const wanted = (request.metrics ?? []).slice(0, mostQueries);
  const read = await Promise.all(wanted.map((metric) => readOne(client, metric, request, signal)));
  const results = read.flatMap((each) => (each.state === 'read' ? [each.result] : []));
  const failures = read.flatMap((each) => (each.state === 'failed' ? [each.failure] : []));
  const [first] = failures;
  if (results.length === 0 && first !== undefined) return unreadable(first.because, first.detail);
  const gaps: readonly Gap[] = read.flatMap((each) => each.gaps);
  return readAll<'metrics'>(request.until, results, gaps);
}

type Failure = Extract<PrometheusAnswer, { readonly state: 'failed' }>;
type MetricReading =
  | { readonly state: 'read'; readonly result: MetricResult; readonly gaps: readonly Gap[] }
  | { readonly state: 'failed'; readonly failure: Failure; readonly gaps: readonly Gap[] };

async function readOne(
  client: PrometheusClient,
  metric: MetricRequest,
  { from, until }: EvidenceRequest,
  signal: AbortSignal,
): Promise<MetricReading> {
  const stepSeconds = Math.max(metric.stepSeconds, 1, Math.ceil((until - from) / millisecondsPerSecond / mostPoints));
  const parameters = { query: metric.expression, start: seconds(from), end: seconds(until), step: String(stepSeconds) };
  const answer = await client.ask({ path: '/api/v1/query_range', parameters }, signal);
  if (answer.state === 'failed') return { state: 'failed', failure: answer, gaps: [gap(metric, answer.because, answer.detail)] };
  const series = readMatrix(answer.data);
  if (series === undefined) {
    const detail = 'the answer to the query is of another form than the Prometheus API gives';
    return {
      state: 'failed',
      failure: { state: 'failed', because: 'malformed', isTooLarge: false, detail },
      gaps: [gap(metric, 'malformed', detail)],
    };
  }
  const gaps =
    series.length > mostSeries
      ? [gap(metric, 'unsupported', `${series.length} series matched; only the first ${mostSeries} were kept`)]
      : [];
  return {
    state: 'read',
    result: { expression: metric.expression, purpose: metric.purpose, from, until, stepSeconds, series: series.slice(0, mostSeries) },
    gaps,
  };
}

function gap(metric: MetricRequest, because: Gap['because'], detail: string): Gap {
  return { what: `the metric ${metric.expression}`, because, detail };
}

export function seconds(milliseconds: number): string {
  return (milliseconds / millisecondsPerSecond).toFixed(3);
}
