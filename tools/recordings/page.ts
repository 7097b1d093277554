import { at, night, type Raw } from './objects.ts';

export const alertName = 'PaymentServiceErrorRateHigh';
const errors = 'sum(rate(http_requests_total{namespace="payments",service="payment-service",code=~"5.."}[1m]))';
const all = 'sum(rate(http_requests_total{namespace="payments",service="payment-service"}[1m]))';
export const measured = `${errors} / ${all}`;
const labels = { alertname: alertName, namespace: 'payments', service: 'payment-service', severity: 'critical' };

/** The page as Alertmanager's webhook sends it. */
export function page(of: { readonly startsAt: string; readonly endsAt?: string }): Raw {
  const generator = `http://prometheus.monitoring:9090/graph?g0.expr=${encodeURIComponent(`${measured} > 0.05`)}&g0.tab=1`;
  const annotations = { summary: 'payment-service 5xx rate > 5% for 3 minutes' };
  return {
    version: '4',
    groupKey: `{}:{alertname="${alertName}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'pager',
    groupLabels: { alertname: alertName },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.monitoring:9093',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        startsAt: of.startsAt,
        endsAt: of.endsAt ?? '0001-01-01T00:00:00Z',
        generatorURL: generator,
        fingerprint: 'b1f0c6a2d9e84f37',
      },
    ],
  };
}

export function firing(startedAt: string, endedAt?: string): Raw {
  return { alert: alertName, labels, startedAt, ...(endedAt === undefined ? {} : { endedAt }) };
}

const stepSeconds = 15;

/** The alert's own measure from one hour before until `until`: `level` gives the value at each minute of the night. */
export function errorRate(level: (minutesAfterMidnight: number) => number, until = '02:47:30'): Raw {
  const start = Date.parse(at('01:47:30')) / 1000;
  const end = Date.parse(at(until)) / 1000;
  const midnight = Date.parse(`${night}T00:00:00Z`) / 1000;
  const values: (readonly [number, string])[] = [];
  for (let second = start; second <= end; second += stepSeconds) values.push([second, level((second - midnight) / 60).toFixed(5)]);
  return {
    query: measured,
    purpose: 'alert',
    start: at('01:47:30'),
    end: at('02:47:30'),
    step: stepSeconds,
    result: { resultType: 'matrix', result: [{ metric: {}, values }] },
  };
}

/** Quiet until 02:43, then up to twelve percent within four minutes; a little ripple, as real lines have. */
export function climbing(minutes: number): number {
  const ripple = 0.0002 * Math.sin(minutes * 7);
  const since = minutes - (2 * 60 + 43);
  return since < 0 ? 0.001 + ripple : 0.001 + ripple + Math.min(0.119, since * 0.0297);
}

export function quiet(minutes: number): number {
  return 0.001 + 0.0002 * Math.sin(minutes * 7);
}

export function scrapeTargets(health: 'up' | 'down'): readonly Raw[] {
  const target = (instance: string): Raw => ({
    job: 'payment-service',
    instance,
    labels: { job: 'payment-service', instance, namespace: 'payments', service: 'payment-service' },
    health,
    lastScrapeAt: health === 'up' ? at('02:47:21') : at('02:31:06'),
    ...(health === 'up' ? {} : { lastError: 'Get "http://10.244.1.21:8080/metrics": context deadline exceeded' }),
  });
  return [target('10.244.1.21:8080'), target('10.244.2.22:8080')];
}
