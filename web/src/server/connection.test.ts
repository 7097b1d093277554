import { expect, test } from 'vitest';
import { type Connection, longestSilenceMilliseconds, withNews } from './connection.ts';

const connecting: Connection = { state: 'connecting' };

test('a failure after something was heard is lost since then, not since the failure', () => {
  expect(withNews(withNews(connecting, { kind: 'heard', at: 1_000 }), { kind: 'failed', at: 9_000 })).toEqual({
    state: 'lost',
    since: 1_000,
  });
});

test('further failures do not make it younger', () => {
  expect(withNews({ state: 'lost', since: 1_000 }, { kind: 'failed', at: 60_000 })).toEqual({ state: 'lost', since: 1_000 });
});

test('silence alone is a loss, but only after the server has missed its signs of life', () => {
  const live: Connection = { state: 'live', heardAt: 1_000 };

  expect(withNews(live, { kind: 'time-passed', at: 1_000 + longestSilenceMilliseconds })).toBe(live);
  expect(withNews(live, { kind: 'time-passed', at: 1_001 + longestSilenceMilliseconds })).toEqual({ state: 'lost', since: 1_000 });
});

test('a connection that was never there is not lost by waiting, and is lost by failing', () => {
  expect(withNews(connecting, { kind: 'time-passed', at: 1e9 })).toBe(connecting);
  expect(withNews(connecting, { kind: 'failed', at: 5 })).toEqual({ state: 'lost', since: 5 });
});

test('whatever is heard makes it live again', () => {
  expect(withNews({ state: 'lost', since: 5 }, { kind: 'heard', at: 9 })).toEqual({ state: 'live', heardAt: 9 });
});
