import { expect, test } from 'vitest';
import type { Alert, AlertExpression } from '../domain/alert.ts';
import type { MetricResult } from '../domain/evidence.ts';
import { exampleNow, snapshotOf } from '../domain/example.ts';
import type { PublishedSeries } from '../domain/investigation.ts';
import { assess } from './assess.ts';
import { publishMeasured } from './publish-measured.ts';

const measured = 'sum(rate(errors_total[1m])) / sum(rate(requests_total[1m]))';
const expression: AlertExpression = {
  expression: `${measured} > 0.05`,
  measured,
  comparison: { operator: '>', threshold: 0.05 },
  labels: {},
  metrics: ['errors_total', 'requests_total'],
};
const alert: Alert = {
  source: 'alertmanager',
  name: 'Errors',
  summary: 'errors',
  labels: { alertname: 'Errors' },
  startedAt: undefined,
  state: 'firing',
  severity: 'critical',
  expression: expression.expression,
};
const now = Date.parse(exampleNow);

function series(values: readonly number[]): MetricResult {
  const points = values.map((value, index) => ({ at: now - (values.length - 1 - index) * 1000, value }));
  return { expression: measured, purpose: 'alert', from: now - 3_600_000, until: now, stepSeconds: 1, series: [{ labels: {}, points }] };
}

function published(
  metrics: readonly MetricResult[] | undefined,
  asked: Partial<AlertExpression> | 'nobody' = {},
): PublishedSeries | undefined {
  const question = {
    alert: asked === 'nobody' ? undefined : alert,
    alertExpression: asked === 'nobody' ? undefined : { ...expression, ...asked },
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
  return publishMeasured(assess(question, snapshotOf({ pods: [], ...(metrics === undefined ? {} : { metrics }) }))).measured;
}

test('what the alert measures is told with its threshold, its bad side and its unit', () => {
  expect(published([series([0.01, 0.2])])).toEqual({
    expression: measured,
    threshold: 0.05,
    worse: 'higher',
    unit: 'share',
    samples: [
      ['2026-03-01T09:59:59Z', 0.01],
      ['2026-03-01T10:00:00Z', 0.2],
    ],
  });
});

test('of thousands of samples no peak gets lost, and the last one is how things stand', () => {
  const values = Array.from({ length: 3600 }, (_, index) => (index === 1234 ? 0.9 : 0.01));
  const samples = published([series([...values, 0.02])])?.samples ?? [];
  expect(samples.length).toBeLessThanOrEqual(240);
  expect(samples.filter(([, value]) => value === 0.9)).toEqual([['2026-03-01T09:20:34Z', 0.9]]);
  expect(samples.at(-1)).toEqual(['2026-03-01T10:00:00Z', 0.02]);
});

test('where low is bad, it is the dips that are kept', () => {
  const comparison = { operator: '<', threshold: 1 } as const;
  const values = Array.from({ length: 1000 }, (_, index) => (index === 777 ? 0.1 : 5));
  const drawn = published([series(values)], { comparison });
  expect([drawn?.worse, drawn?.samples.filter(([, value]) => value === 0.1).length]).toEqual(['lower', 1]);
});

test.each([
  ['nobody was paged', published([series([0.2])], 'nobody')],
  ['no metric was read', published(undefined)],
  ['it has no sample at all', published([series([])])],
])('nothing is drawn where %s', (_why, drawn) => {
  expect(drawn).toBeUndefined();
});
