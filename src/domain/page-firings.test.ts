import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AcceptedPage } from './accepted-page.ts';
import { firingsOfPages, newsOf } from './page-firings.ts';

interface Told {
  readonly at: number;
  readonly state: 'firing' | 'resolved';
  /** Absent: the sender does not tell since when. */
  readonly since?: number;
  readonly pod?: string;
}

function page({ at, state, since, pod = 'cart-1' }: Told, index = at): AcceptedPage {
  const labels = { alertname: 'CartErrors', namespace: 'shop', pod };
  const alert = {
    source: 'alertmanager',
    name: 'CartErrors',
    summary: '',
    labels,
    startedAt: since,
    state,
    severity: undefined,
    expression: undefined,
  } as const;
  return { id: String(index), deliveryKey: String(index), fingerprint: 'f', receivedAt: at, alert, text: '' };
}

function runs(...told: readonly Told[]): readonly (readonly [from: number, until: number | undefined])[] {
  return firingsOfPages(told.map(page)).map(({ startedAt, endedAt }) => [startedAt, endedAt]);
}

describe('when it fired', () => {
  test.each<[string, readonly Told[], readonly (readonly [number, number | undefined])[]]>([
    ['and fires', [{ at: 5, state: 'firing', since: 1 }], [[1, undefined]]],
    [
      'and ended',
      [
        { at: 5, state: 'firing', since: 1 },
        { at: 9, state: 'resolved', since: 1 },
      ],
      [[1, 9]],
    ],
    ['is told again and again', [1, 2, 3].map((at) => ({ at, state: 'firing', since: 1 })), [[1, undefined]]],
    ['although its beginning was lost', [{ at: 9, state: 'resolved', since: 1 }], [[1, 9]]],
    [
      'although an end came late a second time',
      [
        { at: 5, state: 'firing', since: 1 },
        { at: 9, state: 'resolved', since: 1 },
        { at: 10, state: 'firing', since: 1 },
      ],
      [[1, 9]],
    ],
    [
      'twice, although the first end was lost',
      [
        { at: 5, state: 'firing', since: 1 },
        { at: 20, state: 'firing', since: 20 },
      ],
      [
        [1, undefined],
        [20, undefined],
      ],
    ],
    [
      'where nobody tells since when',
      [
        { at: 5, state: 'firing' },
        { at: 6, state: 'firing' },
        { at: 9, state: 'resolved' },
      ],
      [[5, 9]],
    ],
    [
      'by a clock that is ahead',
      [
        { at: 5, state: 'firing', since: 50 },
        { at: 9, state: 'resolved', since: 50 },
      ],
      [[5, 9]],
    ],
  ])('%s', (_name, told, expected) => {
    expect(runs(...told)).toEqual(expected);
  });

  test('each alert has its own, and its labels', () => {
    const told = [
      { at: 1, state: 'firing', pod: 'a' },
      { at: 2, state: 'firing', pod: 'b' },
      { at: 3, state: 'resolved', pod: 'a' },
    ] as const;
    expect(firingsOfPages(told.map((each) => page(each)))).toEqual([
      { alert: 'CartErrors', labels: { namespace: 'shop', pod: 'a' }, startedAt: 1, endedAt: 3 },
      { alert: 'CartErrors', labels: { namespace: 'shop', pod: 'b' }, startedAt: 2, endedAt: undefined },
    ]);
  });

  test('in whatever order the pages are handed in', () => {
    const told = fc.array(
      fc.record({ at: fc.nat(50), state: fc.constantFrom('firing' as const, 'resolved' as const), since: fc.nat(20) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(told, fc.infiniteStream(fc.nat()), (all, order) => {
        const pages = all.map(page);
        const shuffled = pages.map((each) => [order.next().value, each] as const).toSorted(([one], [other]) => one - other);
        expect(firingsOfPages(shuffled.map(([, each]) => each))).toEqual(firingsOfPages(pages));
      }),
    );
  });
});

test.each<[string, Told, readonly Told[], ReturnType<typeof newsOf>]>([
  ['the first of its alert', { at: 1, state: 'firing', since: 1 }, [], 'news'],
  ['a repetition', { at: 9, state: 'firing', since: 1 }, [{ at: 1, state: 'firing', since: 1 }], 'repeated'],
  ['an end', { at: 9, state: 'resolved', since: 1 }, [{ at: 1, state: 'firing', since: 1 }], 'news'],
  ['a second end', { at: 9, state: 'resolved', since: 1 }, [{ at: 2, state: 'resolved', since: 1 }], 'repeated'],
  ['a beginning that comes after its end', { at: 9, state: 'firing', since: 1 }, [{ at: 2, state: 'resolved', since: 1 }], 'outdated'],
  ['a new firing after an end', { at: 9, state: 'firing', since: 8 }, [{ at: 2, state: 'resolved', since: 1 }], 'news'],
])('%s is told from what came before', (_name, told, earlier, expected) => {
  expect(newsOf(page(told), earlier.map(page))).toBe(expected);
});
