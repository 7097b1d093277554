import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleContainerMetric, examplePod } from './example-objects.ts';
import { containerQueries, measured, trendOf } from './container-metrics.ts';
import { pod } from './kubernetes/pod.ts';
import type { Replica } from './replica.ts';

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

describe('a measurement of a container', () => {
  const replica: Replica = {
    pod: pod.read(examplePod({ name: 'cart-7f9-a' })),
    workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
    revision: '7f9',
    health: 'healthy',
    troubles: [],
    failingSince: undefined,
  };

  it('is found again in the answer to the query that asked for it', () => {
    const answers = containerQueries('shop').map((expression, index) =>
      exampleContainerMetric(expression, 'cart-7f9-a', [index, index + 0.5]),
    );
    const found = (['memory-bytes', 'cpu-cores', 'throttled-share'] as const).map(
      (metric) => measured(metric, { replica, container: 'app' }, answers)?.last.value,
    );
    expect(found).toEqual([0.5, 1.5, 2.5]);
  });

  it('is none where the pod or the container is another, or nothing was read', () => {
    const answers = [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-b', [1])];
    expect(measured('memory-bytes', { replica, container: 'app' }, answers)).toBeUndefined();
    expect(
      measured('memory-bytes', { replica, container: 'proxy' }, [
        exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', [1]),
      ]),
    ).toBeUndefined();
    expect(measured('memory-bytes', { replica, container: 'app' }, undefined)).toBeUndefined();
  });
});
