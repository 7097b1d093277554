import { describe, expect, test } from 'vitest';
import type { Axis, Change, Matrix } from '../contract-parts.ts';
import { layOutCascade, markX } from './cascade-layout.ts';
import { nearSpan, withGaps } from './drawing-span.ts';
import { columnsOf, leadingAxis, rowsAtAGlance } from './matrix-columns.ts';
import { numbered } from './numbered-changes.ts';
import { stretchesOf } from './stretches.ts';

const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };

function axis(name: string, value: string, verdict: Axis['verdict']): Axis {
  const counts = { failingWith: 1, failingWithout: 0, healthyWith: 0, healthyWithout: 1 };
  return { axis: name, value, ...counts, pValue: 0.5, adjustedPValue: 1, verdict, confoundedWith: [] };
}

describe('the matrix', () => {
  const matrix: Matrix = {
    axes: ['node', 'zone', 'revision', 'region'],
    rows: [
      { namespace: 'shop', pod: 'cart-1-a', workload, health: 'failing', values: ['node-3', 'a', '1', 'north'] },
      { namespace: 'shop', pod: 'cart-1-b', workload, health: 'healthy', values: ['node-1', 'b', '1', null] },
    ],
  };

  test('has a column for each axis on which replicas differ, and names the rest', () => {
    const columns = columnsOf(matrix, [axis('node', 'node-3', 'suggestive'), axis('zone', 'a', 'no')]);

    expect(columns.shown.map(({ axis: name, isLeading }) => [name, isLeading])).toEqual([
      ['node', true],
      ['zone', false],
    ]);
    expect(columns.same).toEqual([{ axis: 'revision', value: '1' }]);
    expect(columns.unknown).toEqual(['region']);
  });

  test.each([
    [3, 3, 3, 3],
    [40, 20, 8, 6],
    [1, 15, 1, 13],
    [20, 2, 12, 2],
  ])('shows of %i failing and %i healthy replicas %i and %i at a glance', (failing, healthy, shownFailing, shownHealthy) => {
    const rows = [
      ...Array.from({ length: failing }, (_, index) => ({
        pod: `bad-${index}`,
        namespace: 'shop',
        workload,
        health: 'failing' as const,
        values: [],
      })),
      ...Array.from({ length: healthy }, (_, index) => ({
        pod: `good-${index}`,
        namespace: 'shop',
        workload,
        health: 'healthy' as const,
        values: [],
      })),
    ];
    const shown = rowsAtAGlance(rows);

    expect([shown.filter(({ health }) => health === 'failing').length, shown.filter(({ health }) => health === 'healthy').length]).toEqual([
      shownFailing,
      shownHealthy,
    ]);
  });

  test('marks no axis that does not separate, though it comes first', () => {
    expect(leadingAxis(matrix, [axis('node', 'node-3', 'cannot-tell')])).toBeUndefined();
  });
});

describe('the cascade', () => {
  const because = [] as const;
  const lettering = { widthPixels: 300, widthOf: (text: string) => text.length * 10 };

  test('goes down from the cause to the symptom, and sets aside what leads nowhere', () => {
    const steps = [
      { from: 'limit', to: 'killed', because },
      { from: 'killed', to: 'side effect', because },
      { from: 'killed', to: 'errors', because },
    ];
    const { rows } = layOutCascade(steps, lettering);

    expect(rows.map(({ lines, kind, after }) => [lines.join(' '), kind, after])).toEqual([
      ['limit', 'cause', undefined],
      ['killed', 'link', 0],
      ['side effect', 'side', 1],
      ['errors', 'symptom', 1],
    ]);
    expect(rows.map(({ x }) => x > markX)).toEqual([false, false, true, false]);
    expect(rows.map(({ y }) => y)).toEqual(rows.map(({ y }) => y).toSorted((one, other) => one - other));
  });

  test('breaks lines where they end, and names that are longer than a line', () => {
    const { rows } = layOutCascade([{ from: 'a short beginning that wraps here', to: 'x'.repeat(60), because }], lettering);

    expect(rows[0]?.lines).toEqual(['a short beginning that', 'wraps here']);
    expect(rows[1]?.lines.join('')).toBe('x'.repeat(60));
    expect(rows.flatMap(({ lines }) => lines).every((line) => line.length * 10 <= 300)).toBe(true);
  });

  test('comes to an end where steps run in a circle', () => {
    const steps = [
      { from: 'a', to: 'b', because },
      { from: 'b', to: 'a', because },
    ];

    expect(layOutCascade(steps, lettering).rows).toHaveLength(2);
  });
});

describe('the drawing of changes', () => {
  const change = (at: string, standing: Change['standing']): Change => ({
    at,
    kind: 'rollout',
    subject: workload,
    summary: at,
    standing,
    because: [],
  });

  test('numbers what was considered and leaves the rest unnumbered', () => {
    const all = numbered([
      change('2026-11-21T12:00:00Z', 'unrelated'),
      change('2026-11-21T12:01:00Z', 'acquitted'),
      change('2026-11-21T12:02:00Z', 'suspect'),
    ]);

    expect(all.map(({ number }) => number)).toEqual([undefined, 1, 2]);
  });

  test('reaches back to every change that was considered, but not to those of yesterday', () => {
    const changes = numbered([change('2026-11-20T12:00:00Z', 'suspect'), change('2026-11-21T12:30:00Z', 'acquitted')]);
    const { from, to } = nearSpan({ changes, measured: undefined, onset: '2026-11-21T12:47:00Z', seenUntil: '2026-11-21T12:48:00Z' });

    expect(from).toBeLessThan(Date.parse('2026-11-21T12:30:00Z'));
    expect(from).toBeGreaterThan(Date.parse('2026-11-21T12:25:00Z'));
    expect(to).toBeGreaterThan(Date.parse('2026-11-21T12:48:00Z'));
  });

  test('draws no line across a time without samples', () => {
    const samples = [0, 15, 30, 120, 135].map((seconds) => [new Date(seconds * 1000).toISOString(), seconds] as const);

    expect(withGaps(samples)).toEqual({ times: [0, 15, 30, 45, 120, 135], values: [0, 15, 30, null, 120, 135] });
  });
});

test('what was not seen breaks the line of what was watched', () => {
  expect(stretchesOf([1, 2, undefined, 3, undefined])).toEqual([
    { start: 0, values: [1, 2] },
    { start: 3, values: [3] },
  ]);
});
