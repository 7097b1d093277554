import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trendOf } from './container-metrics.ts';

describe('the trend of a measurement', () => {
  it('needs three points', () => {
    expect(
      trendOf([
        { at: 0, value: 1 },
        { at: 1000, value: 2 },
      ]),
    ).toBeUndefined();
  });

  it('is the line that the points lie on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 3, max: 50 }),
        (base, slope, count) => {
          fc.pre(slope !== 0);
          const trend = trendOf(
            Array.from({ length: count }, (_each, index) => ({ at: index * 30_000, value: base + slope * index * 30 })),
          );
          expect(trend?.perSecond).toBeCloseTo(slope, 6);
          expect(trend?.fit).toBeCloseTo(1, 6);
          expect(trend?.rise).toBeCloseTo(slope * 30 * (count - 1), 4);
        },
      ),
    );
  });

  it('of a level has no fit, and of a saw tooth a poor one', () => {
    expect(trendOf([0, 1, 2, 3].map((index) => ({ at: index * 1000, value: 5 })))?.fit).toBe(0);
    expect(trendOf([0, 1, 2, 3, 4, 5].map((index) => ({ at: index * 1000, value: index % 2 })))?.fit).toBeLessThan(0.2);
  });
});
