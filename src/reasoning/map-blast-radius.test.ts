import { expect, test } from 'vitest';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import type { BlastRadius } from '../domain/reasoned.ts';
import { factsOf } from './facts-of.ts';
import { findScope } from './find-scope.ts';
import { mapBlastRadius } from './map-blast-radius.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const nodes = [
  exampleNode({ name: 'node-1', zone: 'zone-a' }),
  exampleNode({ name: 'node-2', zone: 'zone-b' }),
  exampleNode({ name: 'node-3', zone: 'zone-a' }),
];

function pod(name: string, node: string, isFailing: boolean, hash = '5d4f8c7b9') {
  return examplePod({
    name: `cart-${hash}-${name}`,
    node,
    labels: { app: 'cart', 'pod-template-hash': hash },
    isReady: !isFailing,
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

function radiusOf(given: ExampleEvidence): BlastRadius {
  const facts = factsOf(snapshotOf(given));
  return mapBlastRadius(findScope(nobodyAsked, facts), facts);
}

function axis(radius: BlastRadius, name: string) {
  return radius.axes.find((each) => each.axis === name);
}

test('two of four on one node: the node leads, with honest statistics, and asks for the probe', () => {
  const radius = radiusOf({
    nodes,
    pods: [pod('a', 'node-3', true), pod('b', 'node-3', true), pod('c', 'node-1', false), pod('d', 'node-2', false)],
  });
  expect(radius.leading).toEqual({
    axis: 'node',
    value: 'node-3',
    failingWith: 2,
    failingWithout: 0,
    healthyWith: 0,
    healthyWithout: 2,
    pValue: expect.closeTo(1 / 6, 10),
    adjustedPValue: expect.closeTo(1 / 3, 10),
    verdict: 'suggestive',
    confoundedWith: [],
    wouldSettle: 'Run the same connection attempt from a pod where node is node-3 and from one where it is not.',
  });
  expect(axis(radius, 'revision')).toMatchObject({ verdict: 'cannot-tell', healthyWith: 2 });
});

test('probes that fail from the node and succeed from elsewhere settle it', () => {
  const probe = (node: string, outcome: 'connected' | 'timed-out') => ({
    from: { kind: 'node' as const, name: node },
    host: '10.96.0.9',
    port: 5432,
    protocol: 'tcp' as const,
    outcome,
    detail: '',
    at: undefined,
  });
  const radius = radiusOf({
    nodes,
    pods: [pod('a', 'node-3', true), pod('b', 'node-3', true), pod('c', 'node-1', false), pod('d', 'node-2', false)],
    'connectivity-probes': [probe('node-3', 'timed-out'), probe('node-1', 'connected')],
  });
  expect([radius.isSettledByProbes, radius.leading?.verdict]).toEqual([true, 'separates']);
});

test('enough replicas on both sides separate by themselves', () => {
  const many = ['a', 'b', 'c', 'd', 'e'];
  const radius = radiusOf({
    nodes,
    pods: [
      ...many.map((name) => pod(name, 'node-3', true)),
      ...many.map((name) => pod(`${name}1`, 'node-1', false)),
      ...many.map((name) => pod(`${name}2`, 'node-2', false)),
    ],
  });
  expect([radius.leading?.axis, radius.leading?.verdict, radius.leading?.wouldSettle]).toEqual(['node', 'separates', undefined]);
});

test('a single failing replica is always alone on its node, so the node cannot be told', () => {
  const radius = radiusOf({ nodes, pods: [pod('a', 'node-3', true), pod('b', 'node-1', false), pod('c', 'node-2', false)] });
  expect([axis(radius, 'node')?.verdict, radius.leading]).toEqual(['cannot-tell', undefined]);
});

test('nor can its zone, where no other replica is in it', () => {
  const radius = radiusOf({ nodes, pods: [pod('a', 'node-2', true), pod('b', 'node-1', false), pod('c', 'node-3', false)] });
  expect([axis(radius, 'zone')?.verdict, radius.leading]).toEqual(['cannot-tell', undefined]);
});

test('the revision leads where only the new one fails, whatever the node', () => {
  const radius = radiusOf({
    nodes,
    pods: [
      pod('a', 'node-1', true, 'new'),
      pod('b', 'node-2', true, 'new'),
      pod('c', 'node-1', false, 'old'),
      pod('d', 'node-2', false, 'old'),
    ],
  });
  expect([radius.leading?.axis, radius.leading?.value, radius.leading?.verdict]).toEqual(['revision', 'new', 'suggestive']);
});

test('axes that split alike are named as such', () => {
  const apart = [exampleNode({ name: 'node-1', zone: 'zone-a' }), exampleNode({ name: 'node-2', zone: 'zone-b' })];
  const radius = radiusOf({
    nodes: apart,
    pods: [pod('a', 'node-1', true), pod('b', 'node-1', true), pod('c', 'node-2', false), pod('d', 'node-2', false)],
  });
  expect([radius.leading?.axis, radius.leading?.confoundedWith]).toEqual(['node', ['zone']]);
});

test('where every replica of the target fails, all that fails alike is compared with all that is healthy', () => {
  const other = examplePod({
    name: 'mail-77-x',
    node: 'node-3',
    labels: { app: 'mail', 'pod-template-hash': '77' },
    isReady: false,
    status: crashLooping({ exitCode: 2 }),
  });
  const calm = ['e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((name, index) =>
    examplePod({ name: `web-11-${name}`, node: index % 2 === 0 ? 'node-1' : 'node-2', labels: { app: 'web' } }),
  );
  const radius = radiusOf({ nodes, pods: [pod('a', 'node-3', true), pod('b', 'node-3', true), other, ...calm] });
  expect([radius.population, radius.leading?.axis, radius.leading?.value, radius.leading?.failingWith]).toEqual([
    'widened',
    'node',
    'node-3',
    3,
  ]);
});

/** Of each workload one replica on each node; the one on node-3 fails. */
function oneOfEach(workloads: readonly string[]): ReturnType<typeof examplePod>[] {
  return workloads.flatMap((workload) =>
    ['node-1', 'node-2', 'node-3'].map((node) =>
      examplePod({
        name: `${workload}-77-${node}`,
        node,
        labels: { app: workload, 'pod-template-hash': '77' },
        isReady: node !== 'node-3',
        ...(node === 'node-3' ? { status: crashLooping({ exitCode: 2 }) } : {}),
      }),
    ),
  );
}

test('one replica of each of four workloads on one node prove together what none of them does alone', () => {
  const radius = radiusOf({ nodes, pods: oneOfEach(['cart', 'mail', 'pay', 'web']) });
  const { leading } = radius;
  expect([radius.population, leading?.axis, leading?.value, leading?.verdict]).toEqual(['widened', 'node', 'node-3', 'separates']);
  // What would hit all of a workload alike is cleared by its healthy siblings here too.
  expect(radius.areSiblings).toBe(true);
  expect([leading?.failingWith, leading?.failingWithout, leading?.healthyWith, leading?.healthyWithout]).toEqual([4, 0, 0, 8]);
});

test('two workloads may meet on one node by chance, and one of many that fails elsewhere speaks against it', () => {
  expect(radiusOf({ nodes, pods: oneOfEach(['cart', 'mail']) }).population).toBe('target');
  const astray = oneOfEach(['cart', 'mail', 'pay', 'web']).map((each) =>
    (each['metadata'] as { readonly name: string }).name === 'web-77-node-1'
      ? examplePod({
          name: 'web-77-node-1',
          node: 'node-1',
          labels: { app: 'web', 'pod-template-hash': '77' },
          isReady: false,
          status: crashLooping({ exitCode: 2 }),
        })
      : each,
  );
  expect(radiusOf({ nodes, pods: astray }).leading?.verdict).not.toBe('separates');
});
