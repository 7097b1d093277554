import { describe, expect, test } from 'vitest';
import { confidenceWords, measureWords, probabilityWords, thresholdWords } from './measure-words.ts';
import { shortPodName, subjectWords } from './subject-words.ts';
import { agoWords, besideOnset, dueWords, durationWords, momentWords } from './time-words.ts';
import { watchedWords } from './watched-words.ts';

describe('a measure is told', () => {
  test.each([
    [0.224, 'share', '22.4 %'],
    [0.0003, 'share', '0.03 %'],
    [0, 'share', '0 %'],
    [12, 'percent', '12 %'],
    [1234.5, undefined, '1235'],
    [0.4567, undefined, '0.457'],
    [0.000012, undefined, '1.20e-5'],
  ] as const)('%s of %s as %s', (value, unit, words) => {
    expect(measureWords(value, unit)).toBe(words);
  });

  test('with the side on which it is bad', () => {
    const series = { expression: 'up', samples: [] };

    expect(thresholdWords({ ...series, threshold: 0.05, worse: 'higher', unit: 'share' })).toBe('alert above 5 %');
    expect(thresholdWords({ ...series, threshold: 3, worse: 'lower' })).toBe('alert below 3');
    expect(thresholdWords(series)).toBeUndefined();
  });
});

test('confidence is never told as certain or as impossible', () => {
  expect([confidenceWords(0.999), confidenceWords(0.96), confidenceWords(0.34), confidenceWords(0.001)]).toEqual([
    'almost certain (over 99 %)',
    'almost certain (96 %)',
    'possible (34 %)',
    'unlikely (under 1 %)',
  ]);
  expect([probabilityWords(0.17), probabilityWords(0.0001)]).toEqual(['0.17', '< 0.01']);
});

describe('times', () => {
  test('at which something is due are told on the clocks of whoever is to do it', () => {
    expect([
      dueWords('2026-09-16T07:00:00Z', 'Europe/Berlin'),
      dueWords('2026-09-16T09:00:00Z'),
      dueWords('2026-09-16T09:00:00Z', 'Atlantis/Port'),
    ]).toEqual(['2026-09-16 09:00 Europe/Berlin', '2026-09-16 09:00 UTC', '2026-09-16 09:00 UTC']);
  });

  const now = Date.parse('2026-11-21T12:48:33Z');

  test.each([
    ['2026-11-21T12:48:31Z', 'now'],
    ['2026-11-21T12:47:03Z', '90 s ago'],
    ['2026-11-21T12:40:33Z', '8 min ago'],
    ['2026-11-21T09:48:33Z', '3 h ago'],
    ['2026-11-14T12:48:33Z', '7 days ago'],
    ['2026-11-22T09:00:00Z', 'in 20 h'],
    ['2026-11-21T12:48:40Z', 'now'],
  ])('%s is %s', (at, words) => {
    expect(agoWords(at, now)).toBe(words);
  });

  test('of another day carry the day', () => {
    expect(momentWords('2026-11-21T12:47:04.500Z', now)).toBe('12:47:04');
    expect(momentWords('2026-11-14T02:43:06Z', now)).toBe('14 Nov, 02:43:06');
    expect(momentWords('2026-11-21T23:59:00Z', Date.parse('2026-11-22T00:01:00Z'))).toBe('23:59:00');
  });

  test('are told beside the onset', () => {
    const onset = '2026-11-21T12:47:04Z';

    expect(besideOnset('2026-11-21T12:44:36Z', onset)).toBe('2 min before the onset');
    expect(besideOnset('2026-11-21T12:48:00Z', onset)).toBe('56 s after the onset');
    expect(besideOnset(onset, onset)).toBe('at the onset');
    expect(durationWords(99_400)).toBe('99 s');
  });
});

describe('one look is told', () => {
  test('as good only where everything was seen, and all of it is good', () => {
    expect(watchedWords({ at: '', failingReplicas: 0, healthyReplicas: 4, measured: 0.003, alert: 'quiet' }, 'share')).toEqual({
      words: '4 healthy, 0 failing · measures 0.3 % · alert quiet',
      tone: 'good',
    });
  });

  test.each([
    ['nothing could be seen', {}, 'doubtful'],
    ['the replicas could not be seen', { measured: 0.003, alert: 'quiet' }, 'doubtful'],
    ['the alert could not be seen', { failingReplicas: 0, healthyReplicas: 4, measured: 0.003 }, 'doubtful'],
    ['no replica is left', { failingReplicas: 0, healthyReplicas: 0, measured: 0.003, alert: 'quiet' }, 'doubtful'],
    ['the alert is pending', { failingReplicas: 0, healthyReplicas: 4, measured: 0.003, alert: 'pending' }, 'doubtful'],
    ['one replica fails, whatever else was seen', { failingReplicas: 1 }, 'bad'],
  ] as const)('never as good where %s', (_what, seen, tone) => {
    expect(watchedWords({ at: '', ...seen }, undefined).tone).toBe(tone);
  });
});

test('a pod is told from its siblings by what its workload does not say', () => {
  const workload = { kind: 'Deployment', namespace: 'payments', name: 'payment-service' };

  expect(shortPodName({ pod: 'payment-service-5ffc94c6d7-56png', workload })).toBe('5ffc94c6d7-56png');
  expect(shortPodName({ pod: 'postgres-0', workload })).toBe('postgres-0');
  expect([subjectWords(workload), subjectWords({ kind: 'Node', name: 'node-worker-3' })]).toEqual([
    'Deployment payments/payment-service',
    'Node node-worker-3',
  ]);
});
