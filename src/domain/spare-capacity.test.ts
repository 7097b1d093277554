import { describe, expect, test } from 'vitest';
import { collect } from './collection.ts';
import type { RawObject } from './example.ts';
import { exampleNode, examplePod } from './example-objects.ts';
import { resources } from './kubernetes/resources.ts';
import { spareCapacity } from './spare-capacity.ts';

const alike = { labelSelector: { matchLabels: { app: 'cart' } } };
const apart = {
  affinity: {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...alike, topologyKey: 'kubernetes.io/hostname' }] },
  },
};
const spread = {
  topologySpreadConstraints: [{ ...alike, maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
};
const [constraint] = spread.topologySpreadConstraints;
/** The same, with this said as well. */
function spreading(more: RawObject, spec: RawObject = {}): RawObject {
  return { ...spec, topologySpreadConstraints: [{ ...constraint, ...more }] };
}
const tainted = { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] };
const onFastDisks = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['fast'] }] }],
      },
    },
  },
};

function cart(name: string, node: string, spec: RawObject, requests: RawObject = {}): RawObject {
  return examplePod({ name: `cart-1-${name}`, node, labels: { app: 'cart' }, spec, container: { resources: { requests } } });
}

/** Whether those on node-3 find room on the others. */
function holds(pods: readonly RawObject[], nodes: readonly RawObject[]): string {
  const all = pods.map((raw) => resources.pods.shape.read(raw));
  const leaving = all.filter((pod) => pod.spec.nodeName === 'node-3');
  const facts = {
    pods: collect(all),
    nodes: collect([...nodes, exampleNode({ name: 'node-3' })].map((raw) => resources.nodes.shape.read(raw))),
  };
  return spareCapacity({ pods: leaving, areMoving: true, closed: new Set(['node-3']) }, facts).holds;
}

const one = [exampleNode({ name: 'node-1' })];
const two = [...one, exampleNode({ name: 'node-2' })];
const pair = (spec: RawObject): readonly RawObject[] => [cart('a', 'node-3', spec), cart('b', 'node-3', spec)];

test.each([
  ['two that must not be together, and two nodes', pair(apart), two, 'yes'],
  ['two that must not be together, and one node', pair(apart), one, 'no'],
  ['one that must not be where its sibling is', [cart('a', 'node-3', apart), cart('b', 'node-1', apart)], one, 'no'],
  ['replicas that must be spread, and all would stand on one node', [cart('c', 'node-1', {}), ...pair(spread)], two, 'no'],
  ['replicas that must be spread, and the node that they leave counts as empty', [cart('a', 'node-3', spread)], two, 'yes'],
  ['one that wants fast disks, and none has them', [cart('a', 'node-3', onFastDisks)], two, 'no'],
  [
    'one that wants fast disks, and one has them',
    [cart('a', 'node-3', onFastDisks)],
    [exampleNode({ name: 'node-1', labels: { disk: 'fast' } })],
    'yes',
  ],
  ['two that fit one by one and not together', ['a', 'b'].map((name) => cart(name, 'node-3', {}, { memory: '10Gi' })), one, 'no'],
  ['two that fit on a node each', ['a', 'b'].map((name) => cart(name, 'node-3', {}, { memory: '10Gi' })), two, 'yes'],
  ['a node that stopped reporting', [cart('a', 'node-3', {})], [exampleNode({ name: 'node-1', isReady: false })], 'no'],
  [
    'a node that does not say what it gives',
    [cart('a', 'node-3', {})],
    [exampleNode({ name: 'node-1', status: { allocatable: {} } })],
    'cannot-tell',
  ],
])('%s', (_what, pods, nodes, answer) => {
  expect(holds(pods, nodes)).toBe(answer);
});

describe('replicas that must be spread by node, one on each of the others already', () => {
  const settled = (spec: RawObject): readonly RawObject[] => [cart('a', 'node-3', spec), cart('b', 'node-1', {}), cart('c', 'node-2', {})];
  const third = exampleNode({ name: 'node-4', spec: tainted });

  test.each([
    ['the node that is cordoned counts as empty, unless taints are honoured', spread, two, 'no'],
    ['taints are honoured, and the cordon is one', spreading({ nodeTaintsPolicy: 'Honor' }), two, 'yes'],
    ['said not to be honoured', spreading({ nodeTaintsPolicy: 'Ignore' }), two, 'no'],
    ['taints are honoured, and an empty node has one', spreading({ nodeTaintsPolicy: 'Honor' }), [...two, third], 'yes'],
    [
      'taints are honoured, and the empty node has one that is tolerated: it takes it',
      spreading({ nodeTaintsPolicy: 'Honor' }, { tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
      [...two, third],
      'yes',
    ],
    [
      'taints are honoured, and the cordon is tolerated, which makes the node count as empty',
      spreading({ nodeTaintsPolicy: 'Honor' }, { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
      two,
      'no',
    ],
  ])('%s', (_what, spec, nodes, answer) => {
    expect(holds(settled(spec), nodes)).toBe(answer);
  });
});

describe('replicas that must be spread by node, and some nodes are not for them', () => {
  const fast = exampleNode({ name: 'node-1', labels: { disk: 'fast' } });
  const slow = exampleNode({ name: 'node-2' });
  const pods = (more: RawObject): readonly RawObject[] => [
    cart('a', 'node-3', { ...onFastDisks, ...spreading({ nodeTaintsPolicy: 'Honor', ...more }) }),
    cart('b', 'node-1', {}),
  ];

  test.each([
    ['a node that the pod may not use does not count', {}, 'yes'],
    ['said to count, it counts as empty', { nodeAffinityPolicy: 'Ignore' }, 'no'],
  ])('%s', (_what, more, answer) => {
    expect(holds(pods(more), [fast, slow])).toBe(answer);
  });
});

test('what stands on a node that is not counted is not counted either, though its zone is', () => {
  const byZone = { topologyKey: 'topology.kubernetes.io/zone', nodeTaintsPolicy: 'Honor' };
  const gpu = exampleNode({ name: 'node-4', zone: 'zone-a', spec: tainted });
  const nodes = [exampleNode({ name: 'node-1', zone: 'zone-a' }), exampleNode({ name: 'node-2', zone: 'zone-b' }), gpu];
  // Two stand in zone-a where no other may, so that both zones are as good as empty.
  expect(
    holds([cart('a', 'node-3', spreading(byZone)), cart('b', 'node-4', {}), cart('c', 'node-4', {}), cart('d', 'node-2', {})], nodes),
  ).toBe('yes');
});

test('replicas of another revision do not count where the constraint names the label that tells them apart', () => {
  const pods = (keys: RawObject): readonly RawObject[] => [
    examplePod({
      name: 'cart-2-a',
      node: 'node-3',
      labels: { app: 'cart', revision: 'new' },
      spec: spreading({ nodeTaintsPolicy: 'Honor', ...keys }),
    }),
    examplePod({ name: 'cart-1-b', node: 'node-1', labels: { app: 'cart', revision: 'old' } }),
    examplePod({ name: 'cart-1-c', node: 'node-1', labels: { app: 'cart', revision: 'old' } }),
  ];
  const full = exampleNode({ name: 'node-2', status: { allocatable: { cpu: '0', memory: '0', pods: '0' } } });

  expect([holds(pods({}), [...one, full]), holds(pods({ matchLabelKeys: ['revision'] }), [...one, full])]).toEqual(['no', 'yes']);
});
