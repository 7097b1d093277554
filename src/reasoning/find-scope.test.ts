import { expect, test } from 'vitest';
import type { Alert, Question } from '../domain/alert.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import { factsOf } from './facts-of.ts';
import { findScope } from './find-scope.ts';

const broken = { isReady: false, status: crashLooping({ exitCode: 1 }) };
const world: ExampleEvidence = {
  nodes: [exampleNode({ name: 'node-1' })],
  pods: [
    examplePod({ name: 'cart-5d4f8c7b9-a', labels: { 'pod-template-hash': '5d4f8c7b9' } }),
    examplePod({ name: 'mail-5d4f8c7b9-a', labels: { app: 'mail', 'pod-template-hash': '5d4f8c7b9' }, ...broken }),
    examplePod({ name: 'mail-5d4f8c7b9-b', labels: { app: 'mail', 'pod-template-hash': '5d4f8c7b9' }, ...broken }),
    examplePod({ name: 'web-5d4f8c7b9-a', namespace: 'site', labels: { app: 'frontend', 'pod-template-hash': '5d4f8c7b9' }, ...broken }),
  ],
  replicasets: [exampleDeployment({ name: 'cart' }).replicaSet],
  services: [{ kind: 'Service', metadata: { name: 'front', namespace: 'site' }, spec: { selector: { app: 'frontend' } } }],
};

function targetFor(alert: Partial<Alert> | undefined, question: Partial<Question> = {}): string {
  const full =
    alert === undefined
      ? undefined
      : {
          source: 'alertmanager' as const,
          name: 'A',
          summary: '',
          labels: {},
          startedAt: undefined,
          state: 'firing' as const,
          severity: undefined,
          expression: undefined,
          ...alert,
        };
  const scope = findScope(
    { alert: full, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0, ...question },
    factsOf(snapshotOf(world)),
  );
  return scope.target === undefined ? 'nobody' : `${scope.target.kind} ${scope.target.namespace ?? ''}/${scope.target.name}`;
}

test('a label that names a workload decides, healthy or not', () => {
  expect(targetFor({ labels: { namespace: 'shop', deployment: 'cart' } })).toBe('Deployment shop/cart');
});

test('a Service in the labels leads to the workload behind it', () => {
  expect(targetFor({ labels: { service: 'front' } })).toBe('Deployment site/web');
});

test('a pod in the labels leads to its workload', () => {
  expect(targetFor({ labels: { namespace: 'shop', pod: 'mail-5d4f8c7b9-b' } })).toBe('Deployment shop/mail');
});

test('a node in the labels is the target itself', () => {
  expect(targetFor({ labels: { node: 'node-1' } })).toBe('Node /node-1');
});

test('a plain description names the workload by its words', () => {
  expect(targetFor({ source: 'description', summary: 'cart 5xx rate > 5% for 3 minutes' })).toBe('Deployment shop/cart');
});

test('without a page the workload with most failing replicas is the target', () => {
  expect(targetFor(undefined)).toBe('Deployment shop/mail');
});

test('the namespace flag narrows the search', () => {
  expect(targetFor(undefined, { namespace: 'site' })).toBe('Deployment site/web');
});

test('where nothing fails nobody is blamed', () => {
  expect(targetFor(undefined, { namespace: 'elsewhere' })).toBe('nobody');
});

test('without pods nobody is called healthy or failing', () => {
  const scope = findScope(
    { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0 },
    factsOf(snapshotOf({ nodes: [] })),
  );
  expect(scope).toEqual({
    target: undefined,
    chosenBecause: 'Pods could not be read, so nobody can be told failing from healthy.',
    failing: [],
    healthy: [],
    undecided: [],
    alsoFailing: [],
  });
});
