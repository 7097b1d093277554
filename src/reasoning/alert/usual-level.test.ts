import { expect, test } from 'vitest';
import { againstUsual } from './usual-level.ts';

const minute = 60_000;
const now = 60 * minute;

/** One sample a minute for an hour; the page came ten minutes ago. */
function stateOf(valueAt: (minutesAgo: number) => number): string | undefined {
  const samples = Array.from({ length: 61 }, (_each, index) => ({ at: index * minute, value: valueAt(60 - index), isPast: false }));
  return againstUsual(samples, now - 10 * minute)?.state;
}

test('what rose when the page began and still stands there is away', () => {
  expect(stateOf((minutes) => (minutes <= 12 ? 0.2 : 0.001))).toBe('away');
});

test('what rose when the page began and came down since is back', () => {
  expect(stateOf((minutes) => (minutes <= 12 && minutes >= 7 ? 0.2 : 0.001 + (minutes % 3) / 1000))).toBe('back');
});

test('a fall is as much a change as a rise', () => {
  expect(stateOf((minutes) => (minutes <= 11 ? 3 : 200 + (minutes % 5)))).toBe('away');
});

test('what wobbles as much as ever, or rose an hour before or only after the page, tells nothing', () => {
  expect([
    stateOf((minutes) => 5 + (minutes % 4)),
    stateOf((minutes) => (minutes > 40 && minutes < 50 ? 0.2 : 0.001)),
    stateOf((minutes) => (minutes <= 3 ? 0.2 : 0.001)),
    stateOf(() => 0.4),
  ]).toEqual([undefined, undefined, undefined, undefined]);
});
