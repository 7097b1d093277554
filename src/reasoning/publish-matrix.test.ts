import { expect, test } from 'vitest';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import type { PublishedMatrix } from '../domain/investigation.ts';
import { assess } from './assess.ts';
import { publishMatrix } from './publish-matrix.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const nodes = [exampleNode({ name: 'node-1', zone: 'zone-a' }), exampleNode({ name: 'node-3', zone: 'zone-a' })];

function pod(name: string, node: string, isFailing: boolean) {
  return examplePod({
    name: `cart-1-${name}`,
    node,
    labels: { app: 'cart', 'pod-template-hash': '1' },
    isReady: !isFailing,
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

function matrixOf(given: ExampleEvidence): PublishedMatrix | undefined {
  return publishMatrix(assess(nobodyAsked, snapshotOf(given))).matrix;
}

test('failing replicas come first and the axis that separates them is the first column', () => {
  const matrix = matrixOf({
    nodes,
    pods: [pod('a', 'node-1', false), pod('b', 'node-3', true), pod('c', 'node-1', false), pod('d', 'node-3', true)],
  });
  expect(matrix?.axes.slice(0, 2)).toEqual(['node', 'revision']);
  expect(matrix?.rows.map((row) => [row.pod, row.health, row.values[0]])).toEqual([
    ['cart-1-b', 'failing', 'node-3'],
    ['cart-1-d', 'failing', 'node-3'],
    ['cart-1-a', 'healthy', 'node-1'],
    ['cart-1-c', 'healthy', 'node-1'],
  ]);
  expect(matrix?.rows.map((row) => row.trouble)).toEqual([
    'CrashLoopBackOff, exit 1, 5 restarts',
    'CrashLoopBackOff, exit 1, 5 restarts',
    undefined,
    undefined,
  ]);
  expect(matrix?.more).toBeUndefined();
});

test('of many, so many healthy ones are kept that the difference can be seen, and the rest is counted', () => {
  const named = (prefix: string, count: number, node: string, isFailing: boolean) =>
    Array.from({ length: count }, (_, index) => pod(`${prefix}${String(index).padStart(3, '0')}`, node, isFailing));
  const matrix = matrixOf({ nodes, pods: [...named('bad', 90, 'node-3', true), ...named('good', 70, 'node-1', false)] });
  const count = (health: string): number => matrix?.rows.filter((row) => row.health === health).length ?? 0;
  expect([count('failing'), count('healthy'), matrix?.more]).toEqual([40, 20, 100]);
});

test('a healthy replica that has what the failing have in common is never among those left out', () => {
  const bad = Array.from({ length: 70 }, (_, index) => pod(`bad${index}`, 'node-3', true));
  const good = Array.from({ length: 70 }, (_, index) => pod(`good${index}`, 'node-1', false));
  const matrix = matrixOf({ nodes, pods: [...good, pod('zzz', 'node-3', false), ...bad] });
  expect(matrix?.rows.find((row) => row.health === 'healthy')?.pod).toBe('cart-1-zzz');
});

test('what the cluster does not tell is null, and an axis of which it tells nothing is no column', () => {
  const matrix = matrixOf({
    nodes: [exampleNode({ name: 'node-1', zone: 'zone-a' })],
    pods: [pod('a', 'node-1', false), pod('b', 'node-3', true)],
  });
  const zone = matrix?.axes.indexOf('zone') ?? -1;
  expect(matrix?.rows.map((row) => row.values[zone])).toEqual([null, 'zone-a']);
  expect(matrix?.axes).not.toContain('configuration');
});

test('where pods could not be read there is no matrix', () => {
  expect(matrixOf({ nodes })).toBeUndefined();
});
