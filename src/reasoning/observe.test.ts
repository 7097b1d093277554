import { describe, expect, test } from 'vitest';
import type { Alert, Question } from '../domain/alert.ts';
import type { AlertFiring, MetricResult, Readings } from '../domain/evidence.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, exampleNow, minutesAgo, snapshotOf } from '../domain/example.ts';
import type { Observation } from '../domain/observation.ts';
import { subject } from '../domain/subject.ts';
import { assess } from './assess.ts';
import { measuredUnit, secondsLookedBack } from './alert/expression-form.ts';
import { observe } from './observe.ts';

const now = Date.parse(exampleNow);
const target = subject('Deployment', 'shop', 'cart');
const measured = 'sum(rate(http_requests_total{app="cart",code=~"5.."}[1m])) / sum(rate(http_requests_total{app="cart"}[1m]))';
const alert: Alert = {
  source: 'alertmanager',
  name: 'CartErrors',
  summary: 'cart 5xx rate > 5 %',
  labels: { namespace: 'shop' },
  startedAt: now - 600_000,
  state: 'firing',
  severity: 'critical',
  expression: `${measured} > 0.05`,
};
const question: Question = {
  alert,
  alertExpression: {
    expression: `${measured} > 0.05`,
    measured,
    comparison: { operator: '>', threshold: 0.05 },
    labels: { app: 'cart' },
    metrics: ['http_requests_total'],
  },
  namespace: undefined,
  selector: undefined,
  lookBackMilliseconds: 86_400_000,
};

/** A value every fifteen seconds, the last of them as old as said. */
function metric(values: readonly number[], ageSeconds = 0): MetricResult {
  const points = values.map((value, index) => ({ at: now - (ageSeconds + (values.length - 1 - index) * 15) * 1000, value }));
  return { expression: measured, purpose: 'alert', from: now - 3_600_000, until: now, stepSeconds: 15, series: [{ labels: {}, points }] };
}

function firing(endedMinutesAgo: number | undefined): AlertFiring {
  const endedAt = endedMinutesAgo === undefined ? undefined : now - endedMinutesAgo * 60_000;
  return { alert: 'CartErrors', labels: { namespace: 'shop' }, startedAt: now - 600_000, endedAt };
}

const { deployment, replicaSet } = exampleDeployment({ name: 'cart', hash: '1', replicas: 2 });
const owned = { owner: { kind: 'ReplicaSet', name: 'cart-1' } };
const scraped = {
  job: 'cart',
  instance: '10.0.0.1:80',
  labels: { app: 'cart' },
  health: 'up',
  lastScrapeAt: now,
  lastError: undefined,
} as const;

function observed(
  given: ExampleEvidence,
  { ask = question, readings = {} }: { readonly ask?: Question; readonly readings?: Readings } = {},
): Observation {
  const snapshot = snapshotOf({
    pods: [examplePod({ name: 'cart-1-a', ...owned }), examplePod({ name: 'cart-1-b', node: 'node-2', ...owned })],
    nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
    deployments: [deployment],
    replicasets: [replicaSet],
    metrics: [metric([0.12, 0.003])],
    'alert-history': [firing(1)],
    'scrape-targets': [scraped],
    ...given,
  });
  return observe(assess(ask, { ...snapshot, readings: { ...snapshot.readings, ...readings } }), target);
}

const forbidden = { state: 'unreadable', because: 'forbidden', detail: 'the cluster refused it' } as const;
const notConfigured = { state: 'unreadable', because: 'not-configured', detail: 'no source was given' } as const;

test('all three sides are seen', () => {
  expect(observed({})).toEqual({
    at: now,
    replicas: { state: 'seen', failing: 0, healthy: 2, undecided: 0, wanted: 2 },
    errors: {
      state: 'seen',
      value: 0.003,
      sampledAt: now,
      isBad: false,
      threshold: 0.05,
      unit: 'share',
      everySeconds: 15,
      looksBackSeconds: 60,
    },
    alert: { state: 'quiet' },
  });
});

describe('replicas', () => {
  test('are those of the target, although the page may point elsewhere by then', () => {
    const pods = [
      examplePod({ name: 'cart-1-a', ...owned, isReady: false, status: crashLooping({ exitCode: 1 }) }),
      examplePod({ name: 'cart-1-b', ...owned, isReady: false, startedMinutesAgo: 0 }),
      examplePod({ name: 'other-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
    ];

    expect(observed({ pods }).replicas).toEqual({ state: 'seen', failing: 1, healthy: 0, undecided: 1, wanted: 2 });
  });

  test('that are being deleted fail nobody: their replacements are counted', () => {
    const leaving = examplePod({ name: 'cart-1-a', ...owned, isReady: false, status: crashLooping({ exitCode: 1 }) });
    const pods = [
      { ...leaving, metadata: { ...(leaving['metadata'] as object), deletionTimestamp: minutesAgo(5) } },
      examplePod({ name: 'cart-1-b', ...owned }),
      examplePod({ name: 'cart-1-c', ...owned }),
    ];

    expect(observed({ pods }).replicas).toEqual({ state: 'seen', failing: 0, healthy: 2, undecided: 0, leaving: 1, wanted: 2 });
  });

  test.each([
    ['the pods', { pods: forbidden }],
    ['how many are wanted', { deployments: forbidden }],
    [
      'part of the pods',
      { pods: { ...snapshotOf({ pods: [] }).readings.pods, gaps: [{ what: 'pods', because: 'timed-out', detail: '' }] } },
    ],
  ] as const)('are unreadable where %s could not be read', (_what, readings) => {
    expect(observed({}, { readings: readings as Readings }).replicas.state).toBe('unreadable');
  });

  test('are not asked for where nothing names a workload', () => {
    const assessment = assess(question, snapshotOf({ pods: [] }));

    expect(observe(assessment, undefined).replicas.state).toBe('not-asked-for');
  });
});

describe("the alert's measure", () => {
  test('is bad past its threshold', () => {
    expect(observed({ metrics: [metric([0.003, 0.12])] }).errors).toMatchObject({ value: 0.12, isBad: true });
  });

  test('has nothing left to count when its series end while it is scraped and the alert is quiet', () => {
    expect(observed({ metrics: [metric([0.12], 90)] }).errors).toMatchObject({ state: 'seen', value: 0, isBad: false, isEmpty: true });
  });

  test.each([
    ['the alert still fires', { 'alert-history': [firing(undefined)] }],
    ['nothing is known of its scrapes', { 'scrape-targets': [] }],
    ['it never had a sample', { metrics: [metric([])] }],
  ] satisfies readonly (readonly [string, ExampleEvidence])[])('without samples cannot be told from no data where %s', (_what, given) => {
    expect(observed({ metrics: [metric([0.12], 90)], ...given }).errors.state).toBe('unreadable');
  });

  test('without samples is no good sign where it should be high', () => {
    const ask = {
      ...question,
      alertExpression: { ...question.alertExpression, comparison: { operator: '<', threshold: 0.99 } },
    } as Question;

    expect(observed({ metrics: [metric([0.5], 90)] }, { ask }).errors.state).toBe('unreadable');
    expect(observed({ metrics: [metric([0.5])] }, { ask }).errors).toMatchObject({ isBad: true, worse: 'lower' });
  });

  test('is unreadable where nothing scrapes it any longer, for its numbers go on', () => {
    expect(observed({ 'scrape-targets': [{ ...scraped, health: 'down' }] }).errors.state).toBe('unreadable');
  });

  test('is unreadable where it was named and could not be read, and not asked for where it was not named', () => {
    expect(observed({}, { readings: { metrics: forbidden } }).errors.state).toBe('unreadable');
    expect(observed({}, { readings: { metrics: notConfigured } }).errors.state).toBe('unreadable');
    expect(observed({}, { ask: { ...question, alertExpression: undefined } }).errors.state).toBe('not-asked-for');
  });

  test.each([
    ['http_errors_total / http_requests_total', ['http_errors_total', 'http_requests_total'], 'share'],
    ['100 * http_errors_total / http_requests_total', ['http_errors_total', 'http_requests_total'], 'percent'],
    ['latency_seconds_sum / latency_seconds_count', ['latency_seconds_sum', 'latency_seconds_count'], undefined],
    ['rate(http_errors_total[5m])', ['http_errors_total'], undefined],
  ] as const)('%s is in the unit that can be told', (expression, metrics, unit) => {
    expect(measuredUnit({ expression, measured: expression, metrics, labels: {}, comparison: undefined })).toBe(unit);
  });

  test('looks back as far as its longest range', () => {
    expect(['rate(a[5m]) / rate(b[1h30m])', 'max_over_time(a[10m:30s])', 'up'].map(secondsLookedBack)).toEqual([5400, 600, undefined]);
  });
});

describe('the alert', () => {
  test.each([
    ['fires while its latest firing has no end', [firing(undefined)], 'firing'],
    ['is quiet once it has ended', [firing(1)], 'quiet'],
    ['fires where one of its series does', [firing(1), { ...firing(undefined), labels: { namespace: 'shop', pod: 'b' } }], 'firing'],
    ['of which nothing is known is unreadable', [], 'unreadable'],
  ] as const)('%s', (_what, history, state) => {
    expect(observed({ 'alert-history': history }).alert.state).toBe(state);
  });

  test('that is only a sentence asks for nothing where no monitoring was given', () => {
    const ask = { ...question, alert: { ...alert, source: 'description' } } as Question;

    expect(observed({}, { ask, readings: { 'alert-history': notConfigured } }).alert.state).toBe('not-asked-for');
    expect(observed({}, { readings: { 'alert-history': notConfigured } }).alert.state).toBe('unreadable');
    expect(observed({}, { ask, readings: { 'alert-history': forbidden } }).alert.state).toBe('unreadable');
  });

  test('that nobody sent is not asked for', () => {
    expect(observed({}, { ask: { ...question, alert: undefined } }).alert.state).toBe('not-asked-for');
  });
});
