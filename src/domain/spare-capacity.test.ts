import { expect, test } from 'vitest';
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
