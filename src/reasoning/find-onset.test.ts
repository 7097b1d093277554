import { describe, expect, test } from 'vitest';
import type { Alert, AlertExpression, Question } from '../domain/alert.ts';
import type { MetricResult } from '../domain/evidence.ts';
import { exampleEvent } from '../domain/example-happenings.ts';
import { crashLooping, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../domain/example.ts';
import { formatInstant } from '../domain/instant.ts';
import { factsOf } from './facts-of.ts';
import { findOnset } from './find-onset.ts';

const measured = 'errors:share';
const expression: AlertExpression = {
  expression: `${measured} > 0.05`,
  measured,
  comparison: { operator: '>', threshold: 0.05 },
  labels: {},
  metrics: [measured],
};
const alert: Alert = {
  source: 'alertmanager',
  name: 'Errors',
  summary: 'errors',
  labels: { alertname: 'Errors', namespace: 'shop' },
  startedAt: Date.parse(minutesAgo(3)),
  state: 'firing',
  severity: 'critical',
  expression: expression.expression,
};
const crashing = examplePod({
  name: 'cart-1-a',
  isReady: false,
  startedMinutesAgo: 20,
  status: crashLooping({ exitCode: 1, minutesAgo: 1, restarts: 4 }),
});
const firstWarning = exampleEvent({
  about: { kind: 'Pod', name: 'cart-1-a' },
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  minutesAgo: 4,
  count: 9,
});

describe('the earliest sign within the episode', () => {
  test('a container that crashes again and again is dated by the first warning, not by its last end', () => {
    expect(onset({ pods: [crashing], events: [firstWarning] })).toEqual([
      '2026-03-01T09:56:00Z',
      ['Pod cart-1-a was first warned about at 09:56:00: BackOff.'],
    ]);
  });

  test('a measurement that left its usual range before any replica failed comes first, and the replica is told as well', () => {
    const given = {
      pods: [crashing],
      events: [firstWarning],
      metrics: [shares((minutes) => (minutes > 5 ? usual(minutes) : minutes === 5 ? 0.02 : 0.12))],
    };
    expect(onset(given)).toEqual([
      '2026-03-01T09:55:00Z',
      [
        "The alert's measurement left its usual range at 09:55:00 and was past 0.05 at 09:56:00.",
        'Pod cart-1-a was first warned about at 09:56:00: BackOff.',
      ],
    ]);
  });

  test('a slow rise over hours is dated by its crossing, since what climbs with it is usual', () => {
    expect(onset({ metrics: [shares((minutes) => 0.055 - minutes * 0.001)] })?.[0]).toBe('2026-03-01T09:56:00Z');
  });

  test('a breach that was over and came back counts from its return', () => {
    expect(onset({ metrics: [shares((minutes) => (minutes < 6 || (minutes > 30 && minutes < 40) ? 0.2 : 0.001))] })?.[0]).toBe(
      '2026-03-01T09:55:00Z',
    );
  });

  test('a replica that has been failing for days is another episode', () => {
    const old = examplePod({
      name: 'old-1-a',
      isReady: false,
      startedMinutesAgo: 5000,
      status: crashLooping({ exitCode: 1, minutesAgo: 4000 }),
    });
    expect(onset({ pods: [old, crashing], events: [firstWarning] })?.[0]).toBe('2026-03-01T09:56:00Z');
  });

  test('without a page, the episode in which most replicas began to fail counts', () => {
    const [one, two] = ['b', 'c'].map((name) =>
      examplePod({
        name: `cart-1-${name}`,
        isReady: false,
        startedMinutesAgo: 300,
        status: crashLooping({ exitCode: 1, minutesAgo: 200 }),
      }),
    );
    expect(
      onset(
        { pods: [...(one === undefined || two === undefined ? [] : [one, two]), crashing], events: [] },
        { alert: undefined, alertExpression: undefined },
      )?.[0],
    ).toBe('2026-03-01T06:40:00Z');
  });

  test('a pod that never became ready is dated by what went wrong, not by its creation', () => {
    const crashed = examplePod({
      name: 'cart-2-a',
      isReady: false,
      startedMinutesAgo: 6,
      status: crashLooping({ exitCode: 1, minutesAgo: 4, restarts: 1 }),
    });
    expect(onset({ pods: [crashed], events: [] })?.[0]).toBe('2026-03-01T09:56:00Z');
  });

  test('a pod that lost its readiness is dated by that', () => {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: minutesAgo(7) }];
    const unready = examplePod({ name: 'cart-2-a', isReady: false, startedMinutesAgo: 60, podStatus: { conditions } });
    expect(onset({ pods: [unready] })).toEqual(['2026-03-01T09:53:00Z', ['Pod cart-2-a stopped being ready at 09:53:00.']]);
  });

  test('a warning from its start, which healed before it lost its readiness, dates nothing', () => {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: minutesAgo(7) }];
    const unready = examplePod({ name: 'cart-2-a', isReady: false, startedMinutesAgo: 30, podStatus: { conditions } });
    const early = exampleEvent({
      about: { kind: 'Pod', name: 'cart-2-a' },
      reason: 'Unhealthy',
      message: 'Readiness probe failed',
      minutesAgo: 29,
    });
    expect(onset({ pods: [unready], events: [early] })?.[0]).toBe('2026-03-01T09:53:00Z');
  });
});

describe('where signs are missing', () => {
  test('a measurement that is past its threshold from the first sample dates nothing; the page does, with a warning', () => {
    expect(onset({ metrics: [shares(() => 0.2)] })).toEqual([
      '2026-03-01T09:57:00Z',
      ['The page says that it fires since 09:57:00; the trouble can be older than that.'],
    ]);
  });

  test('without a threshold the last lasting shift of level counts', () => {
    const given = { metrics: [shares((minutes) => (minutes > 8 ? usual(minutes) : 0.12))] };
    expect(onset(given, { alertExpression: undefined })?.[0]).toBe('2026-03-01T09:52:00Z');
  });

  test('warnings about a namesake of another uid are not this pod', () => {
    const namesake = { ...firstWarning, involvedObject: { kind: 'Pod', name: 'cart-1-a', namespace: 'shop', uid: 'another' } };
    expect(onset({ pods: [crashing], events: [namesake] })?.[0]).toBe('2026-03-01T09:59:00Z');
  });

  test('nothing fails and nobody was paged: no onset', () => {
    expect(onset({ pods: [] }, { alert: undefined, alertExpression: undefined })).toBeUndefined();
  });
});

function onset(given: ExampleEvidence, changed: Partial<Question> = {}): readonly [string, readonly string[]] | undefined {
  const question: Question = {
    alert,
    alertExpression: expression,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 86_400_000,
    ...changed,
  };
  const facts = factsOf(snapshotOf(given));
  const found = findOnset(question, facts, facts.get('replicas')?.failing ?? []);
  return found === undefined ? undefined : [formatInstant(found.at), found.because.map((each) => each.says)];
}

function usual(minutes: number): number {
  return 0.001 + (minutes % 3) * 0.0002;
}

function shares(valueAt: (minutesAgo: number) => number): MetricResult {
  const points = Array.from({ length: 61 }, (_, index) => 60 - index).map((minutes) => ({
    at: Date.parse(minutesAgo(minutes)),
    value: valueAt(minutes),
  }));
  return {
    expression: measured,
    purpose: 'alert',
    from: Date.parse(minutesAgo(60)),
    until: Date.parse(minutesAgo(0)),
    stepSeconds: 60,
    series: [{ labels: {}, points }],
  };
}
