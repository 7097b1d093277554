import { expect, test } from 'vitest';
import type { ClusterChange } from './cluster-change.ts';
import { isWriteOf } from './write-of-change.ts';

const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const memory: ClusterChange = { kind: 'set-memory-limit', workload, container: 'main', from: '1Gi', to: '2048Mi' };
const place = '/spec/template/spec/containers/0';
const limit = (name: string, size: string) => [
  { pointer: `${place}/name`, value: name },
  { pointer: `${place}/resources/limits/memory`, value: size },
];
const foreign: readonly (readonly [change: ClusterChange, pointer: string])[] = [
  [{ kind: 'cordon', node: 'cart' }, '/spec/taints'],
  [{ kind: 'uncordon', node: 'cart' }, '/spec/taints'],
  [{ kind: 'pause-rollout', workload }, '/spec/replicas'],
  [{ kind: 'resume-rollout', workload }, '/spec/replicas'],
  [{ kind: 'set-autoscaler-maximum', autoscaler: { ...workload, kind: 'HorizontalPodAutoscaler' }, from: 1, to: 2 }, '/spec/minReplicas'],
  [{ kind: 'restart-rollout', workload }, '/spec/template'],
  [{ kind: 'restart-rollout', workload }, '/spec/template/metadata/annotations/other'],
  [{ kind: 'roll-back', workload, toRevision: 1 }, '/spec'],
  [{ kind: 'relabel-pod', namespace: 'shop', pod: 'cart', labels: { app: 'x' } }, '/metadata/labels/other'],
  [{ ...memory }, `${place}/resources/limits/cpu`],
];

test.each(foreign)('%o never writes %s', (change, pointer) => {
  expect(isWriteOf(change, { kind: 'set-fields', before: [{ pointer }], after: [{ pointer, value: 2 }] })).toBe(false);
});

test('a memory limit is written as the server puts it, and only in the container of this name', () => {
  type Fields = ReturnType<typeof limit>;
  const isOf = (before: Fields, after: Fields): boolean => isWriteOf(memory, { kind: 'set-fields', before, after });

  expect(isOf(limit('main', '1Gi'), limit('main', '2Gi'))).toBe(true);
  expect(isOf(limit('proxy', '1Gi'), limit('proxy', '2Gi'))).toBe(false);
  expect(isOf(limit('main', '1Gi'), limit('main', '4Gi'))).toBe(false);
  expect(isOf(limit('main', '1Gi').slice(1), limit('main', '2Gi').slice(1))).toBe(false);
});
