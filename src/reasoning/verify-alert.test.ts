import { describe, expect, test } from 'vitest';
import type { Alert, AlertExpression, AlertJudgement, Question } from '../domain/alert.ts';
import type { AlertFiring, MetricResult, ScrapeTarget } from '../domain/evidence.ts';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { exampleCall } from '../domain/example-network.ts';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../domain/example.ts';
import { factsOf } from './facts-of.ts';
import { verifyAlert } from './verify-alert.ts';

const measured = 'sum(rate(http_errors_total{job="cart"}[5m])) / sum(rate(http_requests_total{job="cart"}[5m]))';
const expression: AlertExpression = {
  expression: `${measured} > 0.05`,
  measured,
  comparison: { operator: '>', threshold: 0.05 },
  labels: { job: 'cart' },
  metrics: ['http_errors_total', 'http_requests_total'],
};
const alert: Alert = {
  source: 'alertmanager',
  name: 'CartErrors',
  summary: 'cart errors above 5%',
  labels: { alertname: 'CartErrors', namespace: 'shop', service: 'cart', severity: 'critical' },
  startedAt: Date.parse(minutesAgo(3)),
  state: 'firing',
  severity: 'critical',
  expression: expression.expression,
};
const labels = { 'pod-template-hash': '5d4f8c7b9' };
const one = examplePod({ name: 'cart-5d4f8c7b9-aaaaa', labels });
const other = examplePod({ name: 'cart-5d4f8c7b9-bbbbb', labels });
const healthy = { pods: [one, other], nodes: [exampleNode({ name: 'node-1' })] };
const crashing = examplePod({ name: 'cart-5d4f8c7b9-bbbbb', labels, isReady: false, status: crashLooping({ exitCode: 1 }) });
const halfDown = { ...healthy, pods: [one, crashing] };

describe('the verdict follows the evidence', () => {
  test('first fire tonight, climbing, half of the fleet down: real, and every signal is told', () => {
    const judgement = judge({ ...halfDown, metrics: [errors(climbing)], 'alert-history': [firing(3)], 'scrape-targets': [target('up')] });
    expect(judgement.verdict).toBe('real');
    expect(judgement.because.map((each) => each.says)).toEqual([
      'What the alert is about is failing right now, whatever the measurement says.',
      '1 of 2 replicas of Deployment shop/cart fail.',
      'The measurement stands at 0.12, past its threshold (> 0.05) since 09:57:00 and rising, where 0.001 was usual before.',
      'It fires since 09:57:00, for the first time in the recorded history.',
      '1 of 1 scrape targets behind the measurement answer.',
    ]);
  });

  test('an alert that always fires, to show that alerting works, is no page', () => {
    const watchdog: Alert = { ...alert, name: 'Watchdog', severity: 'none', labels: { alertname: 'Watchdog', severity: 'none' } };
    expect([judge(healthy, { alert: watchdog }).verdict, judge(halfDown, { alert: watchdog }).verdict]).toEqual(['none', 'none']);
  });

  test('short firings all night while everybody is healthy: flapping', () => {
    const flaps = [firing(200, 196), firing(140, 137), firing(80, 75), firing(2)];
    const judgement = judge({ ...healthy, metrics: [errors((minutes) => (minutes < 2 ? 0.06 : 0.03))], 'alert-history': flaps });
    expect(judgement.verdict).toBe('flapping');
    expect(judgement.because[1]?.says).toBe(
      'It fired and ended 3 times in the last 6 h, never for longer than 5 min, and fires again since 09:58:00.',
    );
  });

  test('the same short firings, of which this one does not end: real', () => {
    const judgement = judge({
      ...healthy,
      metrics: [errors((minutes) => (minutes < 20 ? 0.06 : 0.03))],
      'alert-history': [firing(200, 196), firing(140, 137), firing(80, 75), firing(18)],
    });
    expect(judgement.verdict).toBe('real');
  });

  test('a firing whose end was not written down ended before the next one began', () => {
    const flaps = [firing(200, 196), firing(140), firing(110, 107), firing(80, 75), firing(2)];
    expect(judge({ ...healthy, 'alert-history': flaps }).verdict).toBe('flapping');
  });

  test('ten pods that fire once each do not flap', () => {
    const once = Array.from({ length: 10 }, (_, index) => ({
      ...firing(60 - index, 50 - index),
      labels: { namespace: 'shop', pod: `cart-${index}` },
    }));
    expect(judge({ ...healthy, 'alert-history': once }).verdict).toBe('transient');
  });

  test('back below the threshold for ten minutes, everybody healthy: transient', () => {
    const judgement = judge({
      ...healthy,
      metrics: [errors((minutes) => (minutes > 10 && minutes < 20 ? 0.1 : 0.001))],
      'alert-history': [firing(18, 10)],
    });
    expect(judgement.verdict).toBe('transient');
    expect(judgement.because[1]?.says).toBe(
      'The measurement was past its threshold (> 0.05) until 09:49:00, at most 0.1; it stands at 0.001 and has been back for 11 min.',
    );
  });

  test('samples stopped and no target answers: stale', () => {
    const judgement = judge({
      ...healthy,
      metrics: [errors((minutes) => (minutes > 12 ? 0.001 : undefined))],
      'scrape-targets': [target('down')],
    });
    expect(judgement.verdict).toBe('stale');
    expect(judgement.because.map((each) => each.says)).toEqual([
      'The monitoring itself broke: nothing scrapes what the alert measures.',
      'The measurement has had no sample for 13 min; the last one, at 09:47:00, was 0.001.',
      '0 of 1 scrape targets behind the measurement answer.',
      '2 of 2 replicas of Deployment shop/cart are healthy; none fails.',
    ]);
  });

  test('a target that is down is what an alert on `up` is about: real', () => {
    const up: AlertExpression = {
      expression: 'up{job="cart"} == 0',
      measured: 'up{job="cart"}',
      comparison: { operator: '==', threshold: 0 },
      labels: { job: 'cart' },
      metrics: ['up'],
    };
    expect(judge({ ...healthy, 'scrape-targets': [target('down')] }, { alertExpression: up }).verdict).toBe('real');
  });

  test('nothing but the page: cannot tell, and what would tell', () => {
    const judgement = judge({}, { alertExpression: undefined });
    expect(judgement.verdict).toBe('cannot-tell');
    expect(judgement.because.map((each) => each.citing[0].of)).toEqual([{ kind: 'alert', alert: 'CartErrors' }]);
    expect(judgement.wouldSettle?.length).toBe(4);
  });

  test('nobody was paged: none', () => {
    expect(judge(halfDown, { alert: undefined })).toEqual({ verdict: 'none', because: [] });
  });
});

describe('what is and what is not this alert', () => {
  test('a sentence finds its threshold, its history and its target by its own words', () => {
    const sentence: Alert = {
      ...alert,
      source: 'description',
      name: 'cart 5xx errors > 5% for 3 minutes',
      summary: 'cart 5xx errors > 5% for 3 minutes',
      labels: {},
      startedAt: undefined,
    };
    const given = {
      ...healthy,
      metrics: [errors(climbing)],
      'alert-history': [firing(3), { ...firing(500), alert: 'Watchdog', labels: {} }],
    };
    const judgement = judge(given, { alert: sentence, alertExpression: undefined });
    expect([judgement.verdict, judgement.because[1]?.says.slice(0, 62), judgement.because[3]?.says.slice(0, 27)]).toEqual([
      'real',
      'The measurement stands at 0.12, past its threshold (> 0.05) si',
      'It fires since 09:57:00, fo',
    ]);
  });

  test('a failing workload that the alert does not name leaves a healthy measurement alone', () => {
    const unrelated: Alert = {
      ...alert,
      name: 'LoginSlow',
      summary: 'logins are slow',
      labels: { alertname: 'LoginSlow', severity: 'warning' },
      severity: 'warning',
      startedAt: undefined,
    };
    expect(judge({ ...halfDown, metrics: [errors(() => 0.001)] }, { alert: unrelated }).verdict).toBe('transient');
  });

  test('firings and series of another namespace say nothing', () => {
    const elsewhere = { ...firing(3), labels: { namespace: 'billing' } };
    const judgement = judge({ ...healthy, 'alert-history': [elsewhere] });
    expect([judgement.verdict, judgement.because.at(-1)?.says]).toEqual(['cannot-tell', 'The alert history does not know this alert.']);
  });

  test('a node that is not ready confirms an alert about the node', () => {
    const nodeAlert: Alert = { ...alert, name: 'NodeDown', summary: 'node is down', labels: { alertname: 'NodeDown', node: 'node-1' } };
    const judgement = judge(
      { pods: [], nodes: [exampleNode({ name: 'node-1', isReady: false })] },
      { alert: nodeAlert, alertExpression: undefined },
    );
    expect([judgement.verdict, judgement.because[1]?.says]).toEqual(['real', 'Node node-1 reports Ready False since 10:00:00.']);
  });

  test('one bad replica on a node says nothing of an alert about the node', () => {
    const nodeAlert: Alert = {
      ...alert,
      name: 'NodeHot',
      summary: 'node is hot',
      labels: { alertname: 'NodeHot', node: 'node-1' },
      state: 'resolved',
    };
    expect(judge(halfDown, { alert: nodeAlert, alertExpression: undefined }).verdict).toBe('transient');
  });

  test('an exporter that reports on others is found by its job, whatever namespace its series carry', () => {
    const exporter: ScrapeTarget = { ...target('down'), job: 'kube-state-metrics', labels: { namespace: 'monitoring' } };
    const about: AlertExpression = { ...expression, labels: { job: 'kube-state-metrics' } };
    expect(judge({ ...healthy, 'scrape-targets': [exporter] }, { alertExpression: about }).verdict).toBe('stale');
  });

  test('calls into the target or from there that go wrong confirm the alert, although every replica is Ready', () => {
    const verdict = (caller: string, callee: string, errors: number): string =>
      judge({ ...healthy, 'service-calls': [exampleCall(caller, callee, { errors: [errors, 0.001] })] }).verdict;
    expect([verdict('web', 'cart', 0.4), verdict('cart', 'price', 0.4)]).toEqual(['real', 'real']);
    expect([verdict('web', 'cart', 0.002), verdict('web', 'price', 0.4)]).toEqual(['cannot-tell', 'cannot-tell']);
  });

  test('a Service without endpoints confirms an alert about the Service', () => {
    const service = {
      kind: 'Service',
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
    };
    expect(judge({ pods: [], services: [service], endpointslices: [], endpoints: [] }).verdict).toBe('real');
  });
});

describe('a series that has ended', () => {
  const eitherWay = {
    ...expression,
    expression: `absent(${measured}) or ${measured} < 1`,
    measured: `absent(${measured}) or ${measured} < 1`,
    comparison: undefined,
  };
  const ended = { ...healthy, metrics: [errors((minutes) => (minutes < 38 ? undefined : 40))] };

  test('is stale although its threshold is not known', () => {
    expect(judge(ended, { alertExpression: eitherWay }).verdict).toBe('stale');
  });

  test('is stale where the alert would fire for the lack of it as well and nothing scrapes it', () => {
    expect(judge({ ...ended, 'scrape-targets': [target('down')] }, { alertExpression: eitherWay }).verdict).toBe('stale');
  });

  test('is what an alert about nothing but its lack says', () => {
    const lack = { ...expression, expression: `absent(${measured})`, measured: `absent(${measured})`, comparison: undefined };
    expect(judge({ ...ended, 'scrape-targets': [target('down')] }, { alertExpression: lack }).verdict).toBe('real');
  });

  test('that goes on says nothing without its threshold', () => {
    const wordless = { ...alert, summary: 'cart receives no requests' };
    expect(judge({ ...healthy, metrics: [errors(() => 40)] }, { alert: wordless, alertExpression: eitherWay }).verdict).toBe('cannot-tell');
  });
});

function judge(given: ExampleEvidence, changed: Partial<Question> = {}): AlertJudgement {
  const question: Question = {
    alert,
    alertExpression: expression,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 86_400_000,
    ...changed,
  };
  return verifyAlert(question, factsOf(snapshotOf(given)));
}

function climbing(minutes: number): number {
  return minutes > 3 ? 0.001 : 0.12 - minutes * 0.02;
}

/** Samples of the last hour, one a minute; undefined: no sample. */
function errors(valueAt: (minutesAgo: number) => number | undefined): MetricResult {
  const points = Array.from({ length: 61 }, (_, index) => 60 - index).flatMap((minutes) => {
    const value = valueAt(minutes);
    return value === undefined ? [] : [{ at: Date.parse(minutesAgo(minutes)), value }];
  });
  return {
    expression: measured,
    purpose: 'alert',
    from: Date.parse(minutesAgo(60)),
    until: Date.parse(minutesAgo(0)),
    stepSeconds: 60,
    series: [{ labels: {}, points }],
  };
}

function firing(startedMinutesAgo: number, endedMinutesAgo?: number): AlertFiring {
  const endedAt = endedMinutesAgo === undefined ? undefined : Date.parse(minutesAgo(endedMinutesAgo));
  return {
    alert: 'CartErrors',
    labels: { namespace: 'shop', service: 'cart' },
    startedAt: Date.parse(minutesAgo(startedMinutesAgo)),
    endedAt,
  };
}

function target(health: ScrapeTarget['health']): ScrapeTarget {
  return {
    job: 'cart',
    instance: '10.244.1.10:8080',
    labels: { namespace: 'shop' },
    health,
    lastScrapeAt: Date.parse(minutesAgo(0)),
    lastError: undefined,
  };
}
