import { describe, expect, test } from 'vitest';
import type { ClusterChange } from './cluster-change.ts';
import type { MitigationPlan } from './mitigation.ts';
import { type Approval, Permit } from './permit.ts';
import { inverseOf, type PreparedChange } from './prepared-change.ts';

type Holds = MitigationPlan['preconditions'][number]['holds'];

const approval: Approval = { by: 'ada', how: 'human', at: 0 };
const scale: ClusterChange = {
  kind: 'scale',
  workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  from: 3,
  to: 5,
  uid: 'u-1',
};
const evict: ClusterChange = { kind: 'evict', namespace: 'shop', pod: 'cart-1', uid: 'u-2' };
const path = '/apis/apps/v1/namespaces/shop/deployments/cart';

function plan(holds: readonly Holds[] = ['yes'], changes: MitigationPlan['changes'] = [scale, evict]): MitigationPlan {
  return {
    id: 'scale-out',
    subject: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
    why: {
      says: 'It is short of replicas.',
      citing: [{ of: { kind: 'object', resource: 'deployments', namespace: 'shop', name: 'cart' }, shows: '3' }],
    },
    preconditions: holds.map((each) => ({ id: 'spare-capacity', claim: 'There is room', holds: each, because: [] })),
    saveFirst: [],
    changes,
    undo: [],
    expectation: '',
    undoWhen: undefined,
  };
}

const scaled: PreparedChange = {
  change: scale,
  object: { path, uid: 'u-1' },
  write: { kind: 'set-fields', before: [{ pointer: '/spec/replicas', value: 3 }], after: [{ pointer: '/spec/replicas', value: 5 }] },
  isAlreadySo: false,
};
const evicted: PreparedChange = {
  change: evict,
  object: { path: '/api/v1/namespaces/shop/pods/cart-1', uid: 'u-2' },
  write: { kind: 'evict' },
  isAlreadySo: false,
};

function permit(of = plan()): Permit {
  const given = Permit.forPlan(of, approval);
  if (given === undefined) throw new Error('The plan is blocked.');
  return given;
}

describe('a permit', () => {
  test.each<readonly Holds[]>([['no'], ['cannot-tell'], ['yes', 'cannot-tell']])(
    'is not given for a plan with preconditions that are: %s %s',
    (...holds) => {
      expect(Permit.forPlan(plan(holds.filter((each) => each !== undefined)), approval)).toBeUndefined();
    },
  );

  test('covers every change of its plan, and putting it back', () => {
    const back = inverseOf(scaled);
    if (back === undefined) throw new Error('There is nothing to put back.');

    expect([scaled, evicted, back].map((each) => Permit.covers(permit(), each))).toEqual([true, true, true]);
  });

  test('cannot be made up', () => {
    const lookAlike = Object.assign(Object.create(Permit.prototype), { approval }) as Permit;

    expect(Permit.covers(lookAlike, scaled)).toBe(false);
  });

  test('covers no change of another plan', () => {
    expect(Permit.covers(permit(plan(['yes'], [evict])), scaled)).toBe(false);
    expect(Permit.covers(permit(), { ...scaled, change: { ...scale, to: 50 } })).toBe(false);
  });

  test('covers nothing that is added to the plan after it was approved', () => {
    const changes: [ClusterChange, ...ClusterChange[]] = [scale];
    const given = permit(plan(['yes'], changes));
    changes.push(evict);

    expect(Permit.covers(given, evicted)).toBe(false);
  });
});

const field = (pointer: string, value: number) => [{ pointer, value }];
const tampered: { readonly [what: string]: PreparedChange } = {
  'the object of another kind with the same name': {
    ...scaled,
    object: { uid: 'u-1', path: '/apis/apps/v1/namespaces/shop/statefulsets/cart' },
  },
  'an object of the same name in another namespace': {
    ...scaled,
    object: { uid: 'u-1', path: '/apis/apps/v1/namespaces/bank/deployments/cart' },
  },
  'a path that goes on after the name': { ...scaled, object: { uid: 'u-1', path: `${path}/../cart` } },
  'another object of the same name': { ...scaled, object: { path, uid: 'u-9' } },
  'another field': {
    ...scaled,
    write: { kind: 'set-fields', before: field('/spec/minReadySeconds', 3), after: field('/spec/minReadySeconds', 5) },
  },
  'another value': { ...scaled, write: { kind: 'set-fields', before: field('/spec/replicas', 3), after: field('/spec/replicas', 0) } },
  'one field more': {
    ...scaled,
    write: {
      kind: 'set-fields',
      before: field('/spec/replicas', 3),
      after: [...field('/spec/replicas', 5), ...field('/spec/replicas', 5)],
    },
  },
  'no field': { ...scaled, write: { kind: 'set-fields', before: [], after: [] } },
  'a deletion instead': { ...scaled, write: { kind: 'delete' } },
  'a deletion instead of an eviction': { ...evicted, write: { kind: 'delete' } },
  'fields of a pod that is to be evicted': { ...evicted, write: scaled.write },
};

test.each(Object.entries(tampered))('a stored change that was made into %s is not covered', (_what, prepared) => {
  expect(Permit.covers(permit(), prepared)).toBe(false);
});
