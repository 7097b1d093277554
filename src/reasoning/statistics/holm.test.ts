import { array, assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { adjustByHolm } from './holm.ts';

test('four p-values are adjusted as R adjusts them with p.adjust(method = "holm")', () => {
  expect(adjustByHolm([0.01, 0.04, 0.03, 0.005]).map((pValue) => Number(pValue.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
});

test('one question needs no correction, and none gives none', () => {
  expect(adjustByHolm([0.2])).toEqual([0.2]);
  expect(adjustByHolm([])).toEqual([]);
});

test('equal p-values stay equal', () => {
  expect(adjustByHolm([1 / 6, 1 / 6, 1 / 6])).toEqual([0.5, 0.5, 0.5]);
});

test('adjusting keeps the order, never helps and never leaves the range', () => {
  assert(
    property(array(double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
      const adjusted = adjustByHolm(pValues);
      for (const [place, pValue] of pValues.entries()) {
        expect(adjusted[place]).toBeGreaterThanOrEqual(pValue);
        expect(adjusted[place]).toBeLessThanOrEqual(1);
        for (const [other, otherValue] of pValues.entries()) {
          if (pValue < otherValue) expect(adjusted[place]).toBeLessThanOrEqual(adjusted[other] ?? 0);
        }
      }
    }),
  );
});
