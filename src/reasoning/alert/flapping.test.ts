import { describe, expect, test } from 'vitest';
import type { AlertFiring } from '../../domain/evidence.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { standingOf } from './flapping.ts';

const now = Date.UTC(2026, 10, 21, 2, 47);

/** In minutes before now. Without an end it fires still. */
function fired(from: number, until?: number, pod = 'cart-1'): AlertFiring {
  const at = (minutes: number): number => now - minutes * millisecondsPerMinute;
  return { alert: 'CartErrors', labels: { pod }, startedAt: at(from), endedAt: until === undefined ? undefined : at(until) };
}

const threeFlaps = [fired(100, 95), fired(60, 55), fired(30, 25)];

describe('where a cause stands', () => {
  test.each<[string, readonly AlertFiring[], string, number]>([
    ['nothing was heard', [], 'resolved', 0],
    ['it fires', [fired(5)], 'firing', 0],
    ['it ended', [fired(5, 1)], 'resolved', 0],
    ['it came back once', [fired(60, 55), fired(5, 1)], 'resolved', 0],
    ['it comes and goes', threeFlaps, 'flapping', 3],
    ['it comes and goes, and fires again', [...threeFlaps, fired(2)], 'flapping', 3],
    ['it fires for longer than a flap lasts', [...threeFlaps, fired(20)], 'firing', 0],
    ['a sibling fires steadily', [...threeFlaps, fired(2), fired(40, undefined, 'cart-2')], 'firing', 0],
    ['three replicas fired once each', [fired(100, 95, 'a'), fired(60, 55, 'b'), fired(30, 25, 'c')], 'resolved', 0],
    [
      'it flapped the evening before',
      threeFlaps.map(({ startedAt, endedAt = 0, ...of }) => ({ ...of, startedAt: startedAt - 4e7, endedAt: endedAt - 4e7 })),
      'resolved',
      0,
    ],
  ])('%s', (_name, firings, state, flaps) => {
    expect(standingOf(firings, now)).toMatchObject({ state, flaps });
  });

  test('it is counted and told', () => {
    expect(standingOf(threeFlaps, now)).toMatchObject({ fired: 3, ended: 3, lastEndedAt: now - 25 * millisecondsPerMinute });
    expect(standingOf(threeFlaps, now).because).toBe(
      'It fired 3 times and ended 3 times in the last 6 h; 3 firings lasted no longer than 15 min each: it flaps.',
    );
    expect(standingOf([fired(5)], now).because).toBe('It fired once and ended 0 times in the last 6 h, and fires.');
  });
});
