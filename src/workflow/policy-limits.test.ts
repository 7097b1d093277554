import { describe, expect, test } from 'vitest';
import type { ClusterChange } from '../domain/cluster-change.ts';
import { exampleChoice, exampleIncident, examplePlan } from '../domain/example-incident.ts';
import type { IncidentHappening } from '../domain/incident-event.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import { isBlocked, type MitigationPlan } from '../domain/mitigation.ts';
import { type Policy, usualPolicy } from '../domain/policy.ts';
import { cordonsUnderWay, withLimits } from './policy-limits.ts';

function planOf(...changes: readonly [ClusterChange, ...ClusterChange[]]): MitigationPlan {
  return {
    id: 'cordon-node',
    subject: { kind: 'Node', name: 'worker-3' },
    why: { says: 'It is there.', citing: [{ of: { kind: 'list', evidence: 'pods', namespace: undefined }, shows: '' }] },
    preconditions: [{ id: 'spare-capacity', claim: 'they fit elsewhere', holds: 'yes', because: [] }],
    saveFirst: [],
    changes,
    undo: [],
    expectation: '',
    undoWhen: undefined,
  };
}

function node(name: string, isCordoned: boolean): Node {
  return { kind: 'Node', metadata: { name }, spec: { unschedulable: isCordoned ? true : undefined }, status: {} } as unknown as Node;
}

function limited(limits: Partial<Policy['limits']>): Policy {
  return { ...usualPolicy, limits: { ...usualPolicy.limits, ...limits } };
}

/** What the limits added. */
function added(
  plan: MitigationPlan,
  policy: Policy,
  nodes: readonly Node[] | undefined,
  cordoning: readonly string[] = [],
): readonly [string, string][] {
  return withLimits(plan, policy, { nodes, cordoning })
    .preconditions.slice(plan.preconditions.length)
    .map(({ id, holds }) => [id, holds]);
}

const cordon: ClusterChange = { kind: 'cordon', node: 'worker-3' };
const within = 'cordons-within-limit';

describe('cordoned nodes', () => {
  test.each<[string, number, readonly Node[] | undefined, 'yes' | 'no' | 'cannot-tell']>([
    ['none is cordoned yet', 1, [node('worker-3', false), node('worker-1', false)], 'yes'],
    ['another is cordoned already, by whomever', 1, [node('worker-3', false), node('worker-1', true)], 'no'],
    ['it is the very node that is cordoned already', 1, [node('worker-3', true), node('worker-1', false)], 'yes'],
    ['more are allowed', 2, [node('worker-3', false), node('worker-1', true)], 'yes'],
    ['none is allowed', 0, [node('worker-3', false)], 'no'],
    ['nodes could not be read', 1, undefined, 'cannot-tell'],
    ['nodes could not be read, and the plan alone is too much', 0, undefined, 'no'],
  ])('where %s', (_, mostCordonedNodes, nodes, holds) => {
    expect(added(planOf(cordon), limited({ mostCordonedNodes }), nodes)).toEqual([[within, holds]]);
  });

  test.each<[string, readonly string[], 'yes' | 'no']>([
    ['another node', ['worker-1'], 'no'],
    ['the same node', ['worker-3'], 'yes'],
    ['a node that is cordoned already, which counts once', ['worker-2'], 'yes'],
    ['a node that there is not', ['worker-9'], 'yes'],
  ])('where an approved plan of another incident is about to cordon %s', (_, cordoning, holds) => {
    const nodes = [node('worker-3', false), node('worker-1', false), node('worker-2', true)];
    expect(added(planOf(cordon), limited({ mostCordonedNodes: 2 }), nodes, cordoning)).toEqual([[within, holds]]);
  });

  test('a plan that cordons two nodes counts for two', () => {
    const two = planOf(cordon, { kind: 'cordon', node: 'worker-1' });
    expect(added(two, limited({ mostCordonedNodes: 1 }), [node('worker-1', false)])).toEqual([[within, 'no']]);
  });

  test('a node that the same plan frees does not count', () => {
    const swap = planOf({ kind: 'uncordon', node: 'worker-1' }, cordon);
    expect(added(swap, limited({ mostCordonedNodes: 1 }), [node('worker-1', true)])).toEqual([[within, 'yes']]);
  });

  test('the nodes that count against it are cited', () => {
    const [, precondition] = withLimits(planOf(cordon), usualPolicy, { nodes: [node('worker-1', true)], cordoning: [] }).preconditions;
    expect(precondition).toEqual({
      id: within,
      claim: 'at most 1 node is cordoned at once, as the policy says',
      holds: 'no',
      because: [
        {
          says: '1 other node is cordoned already.',
          citing: [
            { of: { kind: 'object', resource: 'nodes', namespace: undefined, name: 'worker-1' }, shows: 'spec.unschedulable: true' },
          ],
        },
      ],
    });
  });
});

describe('protected namespaces', () => {
  const evict = planOf({ kind: 'evict', namespace: 'billing-eu', pod: 'api-1' });

  test.each([[['billing-eu']], [['billing-*']], [['*']], [['shop', '*-eu']]])(
    '%j block every plan that touches one',
    (protectedNamespaces) => {
      const plan = withLimits(evict, limited({ protectedNamespaces }), { nodes: [], cordoning: [] });
      expect(isBlocked(plan)).toBe(true);
      expect(plan.preconditions.at(-1)).toEqual({
        id: 'namespace-not-protected',
        claim: 'nothing is changed in billing-eu, which the policy protects',
        holds: 'no',
        because: [],
      });
    },
  );

  test('a plan whose undo would touch one is blocked before it begins', () => {
    const plan: MitigationPlan = {
      ...planOf(cordon),
      undo: [{ kind: 'scale', workload: { kind: 'Deployment', namespace: 'billing', name: 'api' }, from: 3, to: 2 }],
    };
    expect(added(plan, limited({ protectedNamespaces: ['billing'] }), [])).toEqual([
      [within, 'yes'],
      ['namespace-not-protected', 'no'],
    ]);
  });

  test('other namespaces and nodes are left as they were', () => {
    expect(withLimits(evict, limited({ protectedNamespaces: ['billing'] }), { nodes: [], cordoning: [] })).toBe(evict);
  });
});

describe('deleting pods', () => {
  const deletion = planOf({ kind: 'delete-pod', namespace: 'payments', pod: 'api-1' });

  test('is blocked where the policy does not allow it', () => {
    expect(isBlocked(withLimits(deletion, usualPolicy, { nodes: [], cordoning: [] }))).toBe(true);
  });

  test('is allowed where the policy says so', () => {
    expect(isBlocked(withLimits(deletion, limited({ deletion: 'where-eviction-cannot-serve' }), { nodes: [], cordoning: [] }))).toBe(false);
  });

  test('has nothing to do with evictions', () => {
    const evict = planOf({ kind: 'evict', namespace: 'payments', pod: 'api-1' });
    expect(withLimits(evict, usualPolicy, { nodes: undefined, cordoning: [] })).toBe(evict);
  });
});

test('no limit makes a blocked plan runnable', () => {
  const blocked: MitigationPlan = {
    ...planOf(cordon),
    preconditions: [{ id: 'spare-capacity', claim: 'they fit', holds: 'cannot-tell', because: [] }],
  };
  expect(isBlocked(withLimits(blocked, usualPolicy, { nodes: [], cordoning: [] }))).toBe(true);
});

describe('a cordon is under way in another incident', () => {
  const begun = { kind: 'change-begun', attempt: 1, index: 0, direction: 'do' } as const;
  const ended = { ...begun, kind: 'change-ended', result: { state: 'done', detail: '' } } as const;
  const approved = { kind: 'approved', attempt: 1, approval: { by: 'ada', how: 'human', at: 0 } } as const;
  const chosen = exampleChoice(1, examplePlan());

  test.each<[string, readonly IncidentHappening[], { readonly lookedAt?: number; readonly now?: number }, readonly string[]]>([
    ['from the approval on', [chosen, approved], {}, ['node-3']],
    ['while it is made', [chosen, approved, begun], {}, ['node-3']],
    ['as long as a list of nodes is older than it', [chosen, approved, begun, ended], { lookedAt: 0 }, ['node-3']],
    ['no more once a list of nodes shows it', [chosen, approved, begun, ended], { lookedAt: Number.MAX_SAFE_INTEGER }, []],
    ['not before anybody has agreed', [chosen], {}, []],
    ['not where it was put aside', [chosen, approved, { kind: 'declined', attempt: 1, because: '', isSuperseded: true }], {}, []],
    ['not where it is put back', [chosen, approved, begun, { kind: 'undo-asked', attempt: 1, because: '' }], {}, []],
    ['not where the approval is too old to be acted on', [chosen, approved], { now: 11 * 60_000 }, []],
  ])('%s', (_, happenings, { lookedAt = 0, now = 0 }, nodes) => {
    expect(cordonsUnderWay(exampleIncident(...happenings), { lookedAt, now })).toEqual(nodes);
  });
});
