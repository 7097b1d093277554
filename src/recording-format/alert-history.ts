import type { AlertFiring } from '../domain/evidence.ts';
import { formatInstant, type Instant, millisecondsPerSecond } from '../domain/instant.ts';
import {
  entriesOf,
  firstOf,
  type LooseRecord,
  labelsOf,
  recordOf,
  textOf,
  timeOf,
  type Understood,
  understandEach,
} from './loose-values.ts';
import { readMetricResults } from './metric-results.ts';

/**
 * The times that alerts fired: our own entries {alert, labels, startedAt, endedAt}, alerts as Alertmanager or
 * Prometheus list them, or a range query of ALERTS.
 */
export function readAlertHistory(raw: unknown, now: Instant): Understood<AlertFiring> {
  const fromSeries = readAlertsSeries(raw, now);
  if (fromSeries !== undefined) return fromSeries;
  const entries = entriesOf(raw, 'alerts', 'history', 'firings').flatMap((entry) => entriesOf(recordOf(entry)['data'] ?? entry, 'alerts'));
  const understood = understandEach(entries, (entry) => readFiring(entry, now));
  return { ...understood, items: understood.items.flat() };
}

/** An empty list: the alert was only pending and so never fired. */
function readFiring(raw: unknown, now: Instant): readonly AlertFiring[] | string {
  const entry = recordOf(raw);
  const labels = labelsOf(entry['labels']);
  const alert = textOf(firstOf(entry, 'alert', 'alertname', 'name')) ?? labels['alertname'];
  const startedAt = timeOf(firstOf(entry, 'startedAt', 'startsAt', 'activeAt', 'start', 'from'));
  if (alert === undefined) return 'no name of the alert ("alert", or the label "alertname")';
  if (startedAt === undefined) return `no time at which ${alert} began to fire ("startedAt")`;
  if (entry['state'] === 'pending') return [];
  const endedAt = timeOf(firstOf(entry, 'endedAt', 'endsAt', 'resolvedAt', 'end', 'until'));
  // Alertmanager sets the end of a firing alert into the future: the time at which it would expire unheard.
  return [{ alert, labels, startedAt, endedAt: endedAt !== undefined && endedAt > now ? undefined : endedAt }];
}

/** Undefined: not a query result. Samples of ALERTS{alertstate="firing"} that follow each other are one firing. */
function readAlertsSeries(raw: unknown, now: Instant): Understood<AlertFiring> | undefined {
  const metrics = readMetricResults(raw, { fileName: 'alert history', now });
  if (metrics.complaints.length > 0 || metrics.items.length === 0) return undefined;
  const firings: AlertFiring[] = [];
  for (const { series, stepSeconds, until } of metrics.items) {
    const longestPause = 1.5 * stepSeconds * millisecondsPerSecond;
    for (const { labels, points } of series) {
      if (labels['alertstate'] === 'pending') continue;
      const { __name__: _metricName, alertstate: _state, ...own } = labels;
      let run: { start: Instant; last: Instant } | undefined;
      const close = (isOver: boolean): void => {
        if (run !== undefined)
          firings.push({ alert: own['alertname'] ?? 'unnamed', labels: own, startedAt: run.start, endedAt: isOver ? run.last : undefined });
      };
      for (const { at } of points.filter((point) => point.value > 0)) {
        if (run !== undefined && at - run.last <= longestPause) run.last = at;
        else {
          close(true);
          run = { start: at, last: at };
        }
      }
      close(run !== undefined && until - run.last > longestPause);
    }
  }
  return { items: firings.toSorted(byStart), complaints: [] };
}

function byStart(one: AlertFiring, other: AlertFiring): number {
  return one.startedAt - other.startedAt || (one.alert < other.alert ? -1 : one.alert > other.alert ? 1 : 0);
}

export function writeAlertFiring(firing: AlertFiring): LooseRecord {
  return {
    alert: firing.alert,
    labels: firing.labels,
    startedAt: formatInstant(firing.startedAt),
    ...(firing.endedAt === undefined ? {} : { endedAt: formatInstant(firing.endedAt) }),
  };
}
