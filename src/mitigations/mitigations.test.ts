import { expect, test } from 'vitest';
import { exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../domain/example.ts';
import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import { isBlocked, type MitigationPlan } from '../domain/mitigation.ts';
import { assess } from '../reasoning/assess.ts';
import { planMitigations } from '../reasoning/plan-mitigations.ts';
import { mitigations } from './index.generated.ts';

function plansFor(given: ExampleEvidence): readonly MitigationPlan[] {
  const question = {
    alert: undefined,
    alertExpression: undefined,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
  return planMitigations(mitigations, assess(question, snapshotOf(given)), []);
}

function blockers(given: ExampleEvidence): readonly string[] {
  return plansFor(given).flatMap((plan) =>
    plan.preconditions.filter((each) => each.holds !== 'yes').map((each) => `${plan.id} ${each.holds}: ${each.claim}`),
  );
}

test('where the node separates, it is cordoned and its failing replicas reschedule, evidence saved first and undo worked out', () => {
  const [plan, ...more] = plansFor(nightOfTheNode);
  expect(more).toEqual([]);
  expect(plan).toMatchObject({
    id: 'cordon-node',
    subject: { kind: 'Node', name: 'node-3' },
    changes: [
      { kind: 'cordon', node: 'node-3' },
      { kind: 'evict', namespace: 'shop', pod: 'cart-new-a' },
      { kind: 'evict', namespace: 'shop', pod: 'cart-new-b' },
    ],
    undo: [{ kind: 'uncordon', node: 'node-3' }],
  });
  expect([plan?.saveFirst.length, plan === undefined || isBlocked(plan)]).toEqual([6, false]);
});

test('where the revision separates, it is rolled back to the one before, and the undo leads forward again', () => {
  const [plan, ...more] = plansFor(nightOfTheRevision);
  expect(more).toEqual([]);
  expect(plan).toMatchObject({
    id: 'roll-back-workload',
    changes: [{ kind: 'roll-back', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, toRevision: 1 }],
    undo: [{ kind: 'roll-back', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, toRevision: 2 }],
  });
  expect(plan === undefined || isBlocked(plan)).toBe(false);
});

test('where nothing separates, nothing is touched', () => {
  const failing = (name: string, node: string): RawObject =>
    examplePod({
      name: `cart-new-${name}`,
      node,
      labels: { app: 'cart' },
      isReady: false,
      status: { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    });
  expect(
    plansFor({
      nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      pods: [failing('a', 'node-1'), failing('b', 'node-2')],
    }),
  ).toEqual([]);
});

test('a cordon is blocked where the other nodes have no room by requests', () => {
  const tight = ['node-1', 'node-2'].map((name) =>
    exampleNode({ name, status: { allocatable: { cpu: '100m', memory: '1Gi', pods: '110' } } }),
  );
  expect(blockers({ ...nightOfTheNode, nodes: [...tight, exampleNode({ name: 'node-3' })] })).toEqual([
    'cordon-node no: 2 replicas fit on the other nodes by requests',
  ]);
});

test('a cordon is blocked where taints or cordons close the other nodes', () => {
  const closed = [
    exampleNode({ name: 'node-1', spec: { unschedulable: true } }),
    exampleNode({ name: 'node-2', spec: { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] } }),
  ];
  expect(blockers({ ...nightOfTheNode, nodes: [...closed, exampleNode({ name: 'node-3' })] })).toEqual([
    'cordon-node no: 2 replicas fit on the other nodes by requests',
  ]);
});

test('a cordon is blocked while nodes or budgets could not be read', () => {
  const { nodes: _nodes, poddisruptionbudgets: _budgets, ...rest } = nightOfTheNode;
  expect(blockers(rest)).toEqual([
    'cordon-node cannot-tell: 2 replicas fit on the other nodes by requests (nodes could not be read)',
    'cordon-node cannot-tell: disruption budgets let them go (budgets could not be read)',
  ]);
});

test('a cordon is blocked by a budget that allows fewer disruptions than ready pods would move', () => {
  const ready = {
    isReady: true,
    status: {
      ready: true,
      restartCount: 3,
      state: { running: { startedAt: minutesAgo(1) } },
      lastState: { terminated: { exitCode: 1, finishedAt: minutesAgo(1) } },
    },
  };
  const flickering = ['a', 'b'].map((name) =>
    examplePod({
      name: `cart-new-${name}`,
      node: 'node-3',
      owner: { kind: 'ReplicaSet', name: 'cart-new' },
      labels: { app: 'cart', 'pod-template-hash': 'new' },
      ...ready,
    }),
  );
  const budget = {
    kind: 'PodDisruptionBudget',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'cart' } } },
    status: { disruptionsAllowed: 0 },
  };
  const healthy = (nightOfTheNode.pods ?? []).slice(2);
  expect(blockers({ ...nightOfTheNode, pods: [...flickering, ...healthy], poddisruptionbudgets: [budget] })).toEqual([
    'cordon-node no: disruption budgets let them go',
  ]);
});

test('a rollback is blocked where Argo CD would put the new revision back', () => {
  const deployments = (nightOfTheRevision.deployments ?? []).map((each) => ({
    ...each,
    metadata: { ...(each['metadata'] as RawObject), annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/cart' } },
  }));
  expect(blockers({ ...nightOfTheRevision, deployments })).toEqual([
    'roll-back-workload no: no delivery controller would put the new revision back at once',
  ]);
});

test('a rollback is blocked where no revision before is left', () => {
  expect(blockers({ ...nightOfTheRevision, replicasets: (nightOfTheRevision.replicasets ?? []).slice(1) })).toEqual([
    'roll-back-workload no: a previous revision is in the history',
  ]);
});

test('a plan whose preconditions cannot be told is as blocked as one that is refused', () => {
  const { deployments: _deployments, ...rest } = nightOfTheRevision;
  expect(plansFor(rest).map(isBlocked)).toEqual([true]);
});
