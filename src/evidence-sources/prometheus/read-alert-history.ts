import type { AlertFiring, MetricSeries, Reading } from '../../domain/evidence.ts';
import { type Instant, millisecondsPerDay, millisecondsPerSecond } from '../../domain/instant.ts';
import { type EvidenceRequest, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { PrometheusClient } from './ask-prometheus.ts';
import { readMatrix } from './query-answer.ts';
import { seconds } from './read-metrics.ts';

/** A day and a night: enough to know whether this is the first fire, and whether it comes every night. */
const historyMilliseconds = millisecondsPerDay;
/** Rules are evaluated every 15 to 60 s, and most wait longer before they fire: at a minute, only blips are missed. */
const stepSeconds = 60;
/** One missing sample is a slow evaluation, not an end. */
const toleratedSteps = 2;
const mostFirings = 2000;

/**
 * When the alert fired in the last day, from the ALERTS series that Prometheus writes while it fires. A name that is a sentence
 * cannot be a rule's name, so then every alert's history is read and the matching is left to reasoning.
 */
export async function readAlertHistory(
  client: PrometheusClient,
  request: EvidenceRequest<'alert-history'>,
  signal: AbortSignal,
): Promise<Reading<'alert-history'>> {
  const { alert, until } = request;
  const isRuleName = alert !== undefined && !/\s/.test(alert.trim());
  const query = isRuleName ? `ALERTS{alertstate="firing",alertname=${quoted(alert.trim())}}` : 'ALERTS{alertstate="firing"}';
  const parameters = { query, start: seconds(until - historyMilliseconds), end: seconds(until), step: String(stepSeconds) };
  const answer = await client.ask({ path: '/api/v1/query_range', parameters }, signal);
  if (answer.state === 'failed') return unreadable(answer.because, answer.detail);
  const series = readMatrix(answer.data);
  if (series === undefined)
    return unreadable('malformed', 'the answer to the query for ALERTS is of another form than the Prometheus API gives');
  const firings = series.flatMap((each) => firingsOf(each, until)).toSorted((left, right) => right.startedAt - left.startedAt);
  const gaps =
    firings.length > mostFirings
      ? [
          {
            what: 'older firings',
            because: 'unsupported' as const,
            detail: `${firings.length} firings were found; the latest ${mostFirings} were kept`,
          },
        ]
      : [];
  return readAll<'alert-history'>(until, firings.slice(0, mostFirings).toReversed(), gaps);
}

/** Unbroken runs of samples. What runs to the end still fires. */
export function firingsOf({ labels, points }: MetricSeries, until: Instant): readonly AlertFiring[] {
  const toleratedMilliseconds = toleratedSteps * stepSeconds * millisecondsPerSecond;
  const runs: { readonly first: Instant; last: Instant }[] = [];
  for (const { at } of points) {
    const run = runs.at(-1);
    if (run !== undefined && at - run.last <= toleratedMilliseconds) run.last = at;
    else runs.push({ first: at, last: at });
  }
  const { alertname, alertstate: _alertstate, __name__: _name, ...others } = labels;
  return runs.map(({ first, last }) => ({
    alert: alertname ?? '',
    labels: others,
    startedAt: first,
    // The sample after the last one was the first without the alert.
    endedAt: until - last <= toleratedMilliseconds ? undefined : last + stepSeconds * millisecondsPerSecond,
  }));
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
