import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mannWhitneyTwoSided, standardNormalTail } from './mann-whitney.ts';

describe('the published critical values at 0.05, two-sided, are where the probability passes 0.05', () => {
  const published: readonly (readonly [number, number, number])[] = [
    [2, 8, 0],
    [3, 5, 0],
    [4, 4, 0],
    [5, 5, 2],
    [5, 20, 20],
    [7, 9, 12],
    [8, 8, 13],
    [9, 20, 48],
    [9, 9, 17],
  ];
  test.each(published)('samples of %d and %d: %d', (first, second, critical) => {
    expect(mannWhitneyTwoSided(critical, first, second)).toBeLessThanOrEqual(0.05);
    expect(mannWhitneyTwoSided(critical + 1, first, second)).toBeGreaterThan(0.05);
  });
});

test('complete separation of three from fifty-seven is one arrangement in 34,220 on each side', () => {
  expect(mannWhitneyTwoSided(0, 3, 57)).toBeCloseTo(2 / 34_220, 12);
  expect(mannWhitneyTwoSided(171, 3, 57)).toBeCloseTo(2 / 34_220, 12);
});

test('beyond small samples the normal approximation stays near the exact count', () => {
  // Exact by counting: P(U <= 20) for 10 and 10 is 0.0115, two-sided 0.0232.
  expect(mannWhitneyTwoSided(20, 10, 10)).toBeCloseTo(0.0232, 2);
});

test('which sample is called the first makes no difference, and no answer leaves the range', () => {
  const size = integer({ min: 1, max: 25 });
  assert(
    property(size, size, integer({ min: 0, max: 1000 }), (first, second, share) => {
      const wins = Math.floor((share / 1000) * first * second);
      const pValue = mannWhitneyTwoSided(wins, first, second);
      expect(pValue).toBeCloseTo(mannWhitneyTwoSided(first * second - wins, second, first), 12);
      expect(pValue).toBeGreaterThan(0);
      expect(pValue).toBeLessThanOrEqual(1);
    }),
  );
});

test('the tail of the normal distribution has its tabulated values', () => {
  expect(standardNormalTail(0)).toBeCloseTo(0.5, 7);
  expect(standardNormalTail(1.96)).toBeCloseTo(0.024_998, 6);
  expect(standardNormalTail(-1)).toBeCloseTo(0.841_345, 6);
  expect(standardNormalTail(6) / 9.8659e-10).toBeCloseTo(1, 2);
});
