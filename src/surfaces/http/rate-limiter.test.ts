import { expect, test } from 'vitest';
import { addressKey, RateLimiter } from './rate-limiter.ts';

test('so many at once, and then evenly', () => {
  const limiter = new RateLimiter(60);
  const at = (now: number): number | undefined => limiter.take('a', now);
  const first = Array.from({ length: 60 }, () => at(0));

  expect(first.every((answer) => answer === undefined)).toBe(true);
  expect([at(0), at(500), at(1000), at(1000)]).toEqual([1, 1, undefined, 1]);
  expect(limiter.take('b', 0)).toBe(undefined);
  // A clock that was set back gives nothing away.
  expect([at(0), at(500)]).toEqual([1, 1]);
});

test('looking takes nothing', () => {
  const limiter = new RateLimiter(1);

  expect([limiter.isExhausted('a', 0), limiter.isExhausted('a', 0), limiter.take('a', 0), limiter.isExhausted('a', 0)]).toEqual([
    false,
    false,
    undefined,
    true,
  ]);
});

test('a flood of keys does not stay in memory, and does not free the one that floods', () => {
  const limiter = new RateLimiter(1);
  limiter.take('old', 0);
  for (let index = 0; index < 20_000; index += 1) limiter.take(`key-${index}`, 0);
  const last = limiter.take('key-19999', 0);

  expect([limiter.take('old', 0), last]).toEqual([undefined, 60]);
});

test('addresses of one network of IPv6 are one', () => {
  const same = ['2001:db8:1:2::1', '2001:db8:1:2:ffff:0:0:1', '2001:db8:1:2::'].map(addressKey);

  expect(new Set(same)).toEqual(new Set(['2001:db8:1:2']));
  expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0');
  expect(addressKey(undefined)).toBe('');
  expect(addressKey('::1')).toBe('0:0:0:0');
  expect([addressKey('192.0.2.7'), addressKey('::ffff:192.0.2.7')]).toEqual(['192.0.2.7', '::ffff:192.0.2.7']);
});
