import { describe, expect, test } from 'vitest';
import type { Alert, Question } from '../domain/alert.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../domain/example.ts';
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

describe('a replica that was restarted a minute ago, and is Ready', () => {
  const restarted = (
    name: string,
    of: { readonly restarts: number; readonly ranSeconds: number; readonly runsForSeconds: number },
  ): RawObject => {
    const secondsAgo = (seconds: number): string => minutesAgo(seconds / 60);
    const finishedAt = secondsAgo(of.runsForSeconds);
    const last = { exitCode: 0, reason: 'Completed', startedAt: secondsAgo(of.runsForSeconds + of.ranSeconds), finishedAt };
    return examplePod({
      name: `mail-77-${name}`,
      labels: { app: 'mail' },
      status: { restartCount: of.restarts, state: { running: { startedAt: finishedAt } }, lastState: { terminated: last } },
    });
  };
  const healthIn = (runsForSeconds: number): readonly number[] => {
    const pods = [
      restarted('a', { restarts: 2, ranSeconds: 40, runsForSeconds: 10 }),
      restarted('b', { restarts: 1, ranSeconds: 40, runsForSeconds }),
    ];
    const question = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 0 };
    const { failing, healthy, undecided } = findScope(question, factsOf(snapshotOf({ pods })));
    return [failing.length, healthy.length, undecided.length];
  };

  test('is no example of health while it runs for no longer than its failing sibling does', () => {
    expect(healthIn(60)).toEqual([1, 0, 1]);
  });

  test('is healthy once it has run for twice as long', () => {
    expect(healthIn(80)).toEqual([1, 1, 0]);
  });
});
