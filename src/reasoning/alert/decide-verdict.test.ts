import { describe, expect, test } from 'vitest';
import type { AlertVerdict } from '../../domain/alert.ts';
import { type AlertSignals, decideVerdict, verdictRows } from './decide-verdict.ts';

const pages = ['firing', 'resolved'] as const;
const gravities = ['grave', 'mild'] as const;
const seconds = ['failing', 'failing-elsewhere', 'healthy', 'nobody', 'unknown'] as const;
const metrics = ['breaching', 'recovering', 'normal', 'contradicts', 'frozen', 'absent', 'unknown'] as const;
const histories = ['first', 'again', 'flapping', 'ended', 'silent', 'unknown'] as const;
const scrapes = ['up', 'down', 'gone', 'unknown'] as const;

const combinations: readonly AlertSignals[] = pages.flatMap((page) =>
  gravities.flatMap((gravity) =>
    seconds.flatMap((second) =>
      metrics.flatMap((metric) =>
        histories.flatMap((history) => scrapes.map((scrape) => ({ page, gravity, second, metric, history, scrape }))),
      ),
    ),
  ),
);

describe('over every combination of signals', () => {
  const decided = combinations.map((signals) => ({ signals, ...decideVerdict(signals) }));
  const forEach = (holds: (signals: AlertSignals) => boolean): readonly AlertVerdict[] =>
    [...new Set(decided.filter(({ signals }) => holds(signals)).map(({ verdict }) => verdict))].toSorted();

  test('there are 3360, and every row of the table decides some of them', () => {
    expect(combinations.length).toBe(3360);
    const reasons = new Set(decided.map(({ why }) => why));
    expect(verdictRows.map(({ why }) => why).filter((why) => !reasons.has(why))).toEqual([]);
  });

  test('a failing target is always real', () => {
    expect(forEach((signals) => signals.second === 'failing')).toEqual(['real']);
  });

  test('what cannot be seen at all is never called over, steady or broken', () => {
    expect(
      forEach(
        ({ page, second, metric, history, scrape }) =>
          page === 'firing' && second === 'unknown' && metric === 'unknown' && history === 'unknown' && scrape === 'unknown',
      ),
    ).toEqual(['cannot-tell']);
  });

  test('a grave alert is called over only where a second signal is healthy', () => {
    const over = decided.filter(({ signals, verdict }) => signals.gravity === 'grave' && verdict === 'transient');
    const onItsOwnWord = over.filter(
      ({ signals }) => signals.second !== 'healthy' && !(signals.metric === 'recovering' && signals.page === 'resolved'),
    );
    expect(onItsOwnWord).toEqual([]);
  });

  test('a fresh breach is real, unless it flaps or ended together with its scrape', () => {
    expect(forEach((signals) => signals.metric === 'breaching')).toEqual(['flapping', 'real', 'stale']);
    expect(
      forEach(
        ({ metric, history, scrape }) => metric === 'breaching' && history !== 'flapping' && !(history === 'ended' && scrape === 'down'),
      ),
    ).toEqual(['real']);
  });

  test('a grave breach that flaps is not played down unless its target is seen to be healthy', () => {
    expect(forEach(({ metric, gravity, second }) => metric === 'breaching' && gravity === 'grave' && second !== 'healthy')).toEqual([
      'real',
    ]);
  });

  test('stale needs samples that stopped, or a scrape that fails', () => {
    const stale = decided.filter(({ verdict }) => verdict === 'stale');
    expect(stale.filter(({ signals }) => signals.metric !== 'frozen' && signals.scrape !== 'down' && signals.scrape !== 'gone')).toEqual(
      [],
    );
    expect(stale.filter(({ signals }) => signals.scrape === 'up' && signals.metric !== 'frozen')).toEqual([]);
  });

  test('flapping needs a history of it', () => {
    expect(decided.filter(({ signals, verdict }) => verdict === 'flapping' && signals.history !== 'flapping')).toEqual([]);
  });
});

describe('the conflicts that pages really bring', () => {
  const quiet: AlertSignals = {
    page: 'firing',
    gravity: 'grave',
    second: 'healthy',
    metric: 'unknown',
    history: 'unknown',
    scrape: 'unknown',
  };
  const cases: readonly (readonly [string, Partial<AlertSignals>, AlertVerdict])[] = [
    [
      'first fire tonight, climbing, half of the fleet down',
      { history: 'first', metric: 'breaching', second: 'failing', scrape: 'up' },
      'real',
    ],
    ['replicas fail although the measurement looks normal', { metric: 'normal', second: 'failing' }, 'real'],
    ['replicas fail and take their scrape targets with them', { metric: 'frozen', scrape: 'down', second: 'failing' }, 'real'],
    ['replicas fail and the alert flaps with them', { history: 'flapping', second: 'failing' }, 'real'],
    ['replicas fail after the page was resolved', { page: 'resolved', second: 'failing' }, 'real'],
    ['errors although every replica is ready', { metric: 'breaching' }, 'real'],
    ['errors that only the history still shows', { history: 'first' }, 'real'],
    ['around the threshold all night, everybody healthy', { history: 'flapping', metric: 'breaching' }, 'flapping'],
    ['between two flaps, everybody healthy', { history: 'flapping', metric: 'normal' }, 'flapping'],
    ['flapping, past the threshold, pods unreadable', { history: 'flapping', metric: 'breaching', second: 'unknown' }, 'real'],
    [
      'flapping warning, past the threshold, pods unreadable',
      { history: 'flapping', metric: 'breaching', second: 'unknown', gravity: 'mild' },
      'flapping',
    ],
    ['back for ten minutes, everybody healthy', { metric: 'normal', history: 'ended' }, 'transient'],
    ['back for ten minutes while the rule has not let go yet', { metric: 'normal', history: 'first' }, 'transient'],
    ['back for one minute', { metric: 'recovering', history: 'again' }, 'real'],
    ['back for one minute and resolved', { metric: 'recovering', page: 'resolved', history: 'ended' }, 'transient'],
    ['back for ten minutes, pods unreadable', { metric: 'normal', second: 'unknown' }, 'cannot-tell'],
    ['a warning that is back, pods unreadable', { metric: 'normal', second: 'unknown', gravity: 'mild' }, 'transient'],
    ['the exporter died', { metric: 'frozen', scrape: 'down' }, 'stale'],
    ['the exporter died a minute ago, and its rates have not noticed', { metric: 'normal', scrape: 'down', history: 'ended' }, 'stale'],
    [
      'the exporter died in the middle of a breach, and the alert ended',
      { metric: 'breaching', scrape: 'down', history: 'ended' },
      'stale',
    ],
    ['the exporter died and the alert ended with it', { metric: 'frozen', scrape: 'down', history: 'ended' }, 'stale'],
    ['the job was removed from the monitoring', { metric: 'absent', scrape: 'gone' }, 'stale'],
    ['no samples since an hour, targets not readable', { metric: 'frozen' }, 'stale'],
    ['no error was ever counted, so there is no series', { metric: 'absent', scrape: 'up' }, 'cannot-tell'],
    ['no series any more after it ended', { metric: 'absent', scrape: 'up', history: 'ended' }, 'transient'],
    ['no metrics, but nothing of its job is scraped', { scrape: 'down' }, 'stale'],
    ['the wrong measurement was read', { metric: 'contradicts', history: 'first' }, 'cannot-tell'],
    ['resolved, everybody healthy', { page: 'resolved' }, 'transient'],
    ['resolved, pods unreadable', { page: 'resolved', second: 'unknown' }, 'cannot-tell'],
    ['only the page speaks, everybody healthy', {}, 'cannot-tell'],
    ['the page names nothing, and something fails', { second: 'failing-elsewhere' }, 'real'],
    [
      'the page names nothing, something fails, but the measurement is back',
      { second: 'failing-elsewhere', metric: 'normal', gravity: 'mild' },
      'transient',
    ],
  ];
  test.each(cases)('%s', (_story, signals, verdict) => {
    expect(decideVerdict({ ...quiet, ...signals }).verdict).toBe(verdict);
  });
});
