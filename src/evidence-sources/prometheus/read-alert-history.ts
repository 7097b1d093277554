import type { AlertFiring, MetricPoint, MetricSeries, Reading } from '../../domain/evidence.ts';
import { type Instant, millisecondsPerDay, millisecondsPerSecond } from '../../domain/instant.ts';
import { type EvidenceRequest, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { PrometheusAnswer, PrometheusClient } from './ask-prometheus.ts';
import { readMatrix, readVector } from './query-answer.ts';
import { seconds } from './read-metrics.ts';

/** A day and a night: enough to know whether this is the first fire, and whether it comes every night. */
const historyMilliseconds = millisecondsPerDay;
/** Where every single sample is too much: at a minute, only blips are missed, since most rules wait longer before they fire. */
const coarseStepSeconds = 60;
/** Two missing evaluations in a row are still one firing: evaluations are late under load. */
const toleratedEvaluations = 2.5;
/** Rules are evaluated every 15 to 60 s; samples that lie further apart than this are separate firings, not rare evaluations. */
const longestEvaluationMilliseconds = 60 * millisecondsPerSecond;
const shortestToleranceMilliseconds = 30 * millisecondsPerSecond;
const mostFirings = 2000;

/**
 * When the alert fired in the last day, from the ALERTS series that Prometheus writes at each evaluation while it fires. A name
 * that is a sentence cannot be a rule's name, so then every alert's history is read and the matching is left to reasoning.
 */
export async function readAlertHistory(
  client: PrometheusClient,
  request: EvidenceRequest<'alert-history'>,
  signal: AbortSignal,
): Promise<Reading<'alert-history'>> {
  const { alert, until } = request;
  const isRuleName = alert !== undefined && !/\s/.test(alert.trim());
  const selector = isRuleName ? `ALERTS{alertstate="firing",alertname=${quoted(alert.trim())}}` : 'ALERTS{alertstate="firing"}';
  const [now, history] = await Promise.all([
    client.ask({ path: '/api/v1/query', parameters: { query: selector, time: seconds(until) } }, signal),
    askHistory(client, selector, until, signal),
  ]);
  if (now.state === 'failed') return unreadable(now.because, now.detail);
  if (history.state === 'failed') return unreadable(history.because, history.detail);
  const firing = readVector(now.data);
  const series = readMatrix(history.data);
  if (firing === undefined || series === undefined) {
    return unreadable('malformed', 'the answer to the query for ALERTS is of another form than the Prometheus API gives');
  }
  const firingNow = new Set(firing.map(({ labels }) => labelKey(labels)));
  const firings = series.flatMap((each) => firingsOf(each, firingNow.has(labelKey(each.labels))));
  const latestFirst = firings.toSorted((left, right) => right.startedAt - left.startedAt);
  const detail = `${firings.length} firings were found; the latest ${mostFirings} were kept`;
  const gaps = firings.length > mostFirings ? [{ what: 'older firings', because: 'unsupported' as const, detail }] : [];
  return readAll<'alert-history'>(until, latestFirst.slice(0, mostFirings).toReversed(), gaps);
}

/** Every sample as it was written; where that is too much or refused, a sample a minute. */
async function askHistory(client: PrometheusClient, selector: string, until: Instant, signal: AbortSignal): Promise<PrometheusAnswer> {
  const window = `${historyMilliseconds / millisecondsPerSecond}s`;
  const samples = await client.ask(
    { path: '/api/v1/query', parameters: { query: `${selector}[${window}]`, time: seconds(until) } },
    signal,
  );
  if (samples.state === 'answered' || (samples.because !== 'unsupported' && !samples.isTooLarge)) return samples;
  const parameters = { query: selector, start: seconds(until - historyMilliseconds), end: seconds(until), step: String(coarseStepSeconds) };
  return client.ask({ path: '/api/v1/query_range', parameters }, signal);
}

/** Unbroken runs of samples; the last of them goes on where the alert fires now. */
function firingsOf({ labels, points }: MetricSeries, isFiringNow: boolean): readonly AlertFiring[] {
  const spacing = evaluationMilliseconds(points);
  const tolerated = Math.max(toleratedEvaluations * spacing, shortestToleranceMilliseconds);
  const runs: { readonly first: Instant; last: Instant }[] = [];
  for (const { at } of points) {
    const run = runs.at(-1);
    if (run !== undefined && at - run.last <= tolerated) run.last = at;
    else runs.push({ first: at, last: at });
  }
  const { alertname, alertstate: _alertstate, __name__: _name, ...others } = labels;
  return runs.map((run) => ({
    alert: alertname ?? '',
    labels: others,
    startedAt: run.first,
    // The evaluation after the last sample was the first that found the alert over.
    endedAt: isFiringNow && run === runs.at(-1) ? undefined : run.last + spacing,
  }));
}

/** The time between two evaluations, as the closest two samples tell it. */
function evaluationMilliseconds(points: readonly MetricPoint[]): number {
  return points.reduce((closest, point, index) => {
    const before = points[index - 1];
    return before === undefined ? closest : Math.min(closest, point.at - before.at);
  }, longestEvaluationMilliseconds);
}

function labelKey(labels: { readonly [name: string]: string }): string {
  return Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .toSorted()
    .join(',');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
