import { describe, expect, test } from 'vitest';
import type { Readings, Snapshot } from '../domain/evidence.ts';
import { snapshotOf } from '../domain/example.ts';
import { exampleNode, examplePod } from '../domain/example-objects.ts';
import { factsOf } from './facts-of.ts';

const first: Snapshot = snapshotOf({ pods: [examplePod({ name: 'cart-1' })], nodes: [exampleNode({ name: 'worker-1' })] });

function withMore(more: Snapshot): Snapshot {
  const readings: Readings = { ...first.readings, ...more.readings };
  return { ...first, readings };
}

describe('facts of a later look', () => {
  test('are the same where the evidence behind them is', () => {
    const earlier = factsOf(first);
    const replicas = earlier.get('replicas');
    const later = factsOf(withMore(snapshotOf({ services: [] })), { earlier });

    expect(later.get('replicas')).toBe(replicas);
    expect(later.get('pods')).toBe(earlier.get('pods'));
    expect(later.get('services')?.all).toEqual([]);
  });

  test('are worked out again where something behind them was read meanwhile', () => {
    const earlier = factsOf(first);
    const replicas = earlier.get('replicas');
    const later = factsOf(withMore(snapshotOf({ replicasets: [] })), { earlier });

    expect(later.get('replicas')).not.toBe(replicas);
    expect(later.get('replicas')?.all).toEqual(replicas?.all);
  });

  test('that could not be worked out are tried again', () => {
    const earlier = factsOf(first);

    expect(earlier.get('log-clues')).toBeUndefined();
    expect(factsOf(withMore(snapshotOf({ 'container-logs': [] })), { earlier }).get('log-clues')).toEqual([]);
  });

  test('of another moment are never the same', () => {
    const earlier = factsOf(first);
    const replicas = earlier.get('replicas');

    expect(factsOf({ ...first, takenAt: first.takenAt + 1 }, { earlier }).get('replicas')).not.toBe(replicas);
  });
});
