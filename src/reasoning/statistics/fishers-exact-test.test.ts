import { assert, integer, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fisherOneSided } from './fishers-exact-test.ts';
import { logFactorial } from './log-factorial.ts';

describe('published values', () => {
  const published: readonly (readonly [string, readonly [number, number, number, number], number])[] = [
    ['the lady tasting tea, all eight cups right (Fisher 1935)', [4, 0, 0, 4], 1 / 70],
    ['the lady tasting tea, six cups right (Fisher 1935)', [3, 1, 1, 3], 17 / 70],
    ['convictions of like-sex twins (Fisher 1962; R, example of fisher.test)', [10, 3, 2, 15], 0.000_465_182],
    ['who studies, twelve men and twelve women (Wikipedia, "Fisher\'s exact test")', [11, 3, 1, 9], 0.001_379_728],
    ['two failing pods on one node, two healthy ones elsewhere', [2, 0, 0, 2], 1 / 6],
  ];
  test.each(published)('%s', (_source, [a, b, c, d], expected) => {
    expect(fisher(a, b, c, d)).toBeCloseTo(expected, 8);
  });
});

test('an empty margin tells nothing', () => {
  expect([fisher(0, 0, 3, 4), fisher(3, 4, 0, 0), fisher(0, 3, 0, 4), fisher(3, 0, 4, 0), fisher(0, 0, 0, 0)]).toEqual([1, 1, 1, 1, 1]);
});

test('a hundred thousand replicas neither overflow nor take long', () => {
  expect(fisher(500, 0, 0, 99_500)).toBe(0);
  expect(fisher(50, 49_950, 50, 49_950)).toBeCloseTo(0.5398, 3);
  expect(fisher(1, 49_999, 60, 39_940)).toBeCloseTo(1, 12);
});

const count = integer({ min: 0, max: 14 });
const atLeastOne = integer({ min: 1, max: 40 });

test('any table gives what counting all arrangements gives', () => {
  assert(
    property(tuple(count, count, count, count), ([a, b, c, d]) => {
      expect(fisher(a, b, c, d)).toBeCloseTo(countedOut(a, b, c, d), 10);
    }),
  );
});

test('more failing with it is never less surprising', () => {
  assert(
    property(tuple(atLeastOne, atLeastOne, atLeastOne, atLeastOne), ([a, b, c, d]) => {
      expect(fisher(a + 1, b - 1, c - 1, d + 1)).toBeLessThanOrEqual(fisher(a, b, c, d) + 1e-12);
    }),
  );
});

test('the logarithm of a factorial agrees with adding logarithms', () => {
  let sum = 0;
  for (let factor = 2; factor <= 400; factor += 1) {
    sum += Math.log(factor);
    expect(Math.abs(logFactorial(factor) - sum)).toBeLessThan(1e-10);
  }
});

function fisher(failingWith: number, failingWithout: number, healthyWith: number, healthyWithout: number): number {
  return fisherOneSided({ failingWith, failingWithout, healthyWith, healthyWithout });
}

function countedOut(a: number, b: number, c: number, d: number): number {
  const withIt = a + c;
  const failing = a + b;
  const all = a + b + c + d;
  let atLeast = 0n;
  for (let each = a; each <= Math.min(withIt, failing); each += 1) atLeast += choose(withIt, each) * choose(all - withIt, failing - each);
  return Number((atLeast * 10n ** 15n) / choose(all, failing)) / 1e15;
}

function choose(of: number, take: number): bigint {
  if (take < 0 || take > of) return 0n;
  let product = 1n;
  for (let step = 1; step <= take; step += 1) product = (product * BigInt(of - take + step)) / BigInt(step);
  return product;
}
