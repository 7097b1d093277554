import { expect, test } from 'vitest';
import { steadyClock } from './steady-clock.ts';

test('a clock that is set back goes on, one that is set forward is followed', () => {
  const [wall, elapsed] = [{ at: 100_000 }, { at: 0 }];
  const clock = steadyClock({ now: () => wall.at }, () => elapsed.at);
  const after = (seconds: number, setTo: number): number => {
    elapsed.at += seconds * 1000;
    wall.at = setTo;
    return clock.now();
  };

  expect([after(1, 101_000), after(1, 50_000), after(60, 110_000), after(1, 300_000), after(1, 301_000)]).toEqual([
    101_000, 102_000, 162_000, 300_000, 301_000,
  ]);
});
