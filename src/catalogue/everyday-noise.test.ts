import { expect, test } from 'vitest';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../domain/example.ts';
import { exampleEvent } from '../domain/example-happenings.ts';
import { exampleDeployment, exampleNode, examplePod } from '../domain/example-objects.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const day = 60 * 24;
const cart = exampleDeployment({ name: 'cart', replicas: 3, ready: 3, status: { updatedReplicas: 1 } });
const parked = exampleDeployment({ name: 'seasonal', hash: '77c', replicas: 0 });

function ended(minutes: number, exitCode: number, reason: string): RawObject {
  return { terminated: { exitCode, reason, startedAt: minutesAgo(minutes + 5), finishedAt: minutesAgo(minutes) } };
}

/** What stands in every cluster that has been used for a while, and troubles nobody. */
const everyday: ExampleEvidence = {
  nodes: [
    exampleNode({ name: 'node-1' }),
    exampleNode({ name: 'node-2', zone: 'zone-b' }),
    exampleNode({
      name: 'spare',
      spec: {
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(9 * day) }],
      },
    }),
  ],
  deployments: [cart.deployment, parked.deployment],
  replicasets: [cart.replicaSet, parked.replicaSet],
  pods: [
    examplePod({
      name: 'cart-5d4f8c7b9-a',
      startedMinutesAgo: 30 * day,
      status: { restartCount: 7, lastState: ended(28 * day, 137, 'OOMKilled') },
      container: { resources: { limits: { memory: '128Mi' } } },
    }),
    examplePod({
      name: 'cart-5d4f8c7b9-b',
      node: 'node-2',
      startedMinutesAgo: 30 * day,
      status: { restartCount: 1, lastState: ended(3 * day, 1, 'Error') },
    }),
    examplePod({
      name: 'cart-66f-c',
      node: 'node-2',
      isReady: false,
      startedMinutesAgo: 0,
      status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(0) } } },
    }),
    examplePod({ name: 'cart-66f-d', node: null, isReady: false, startedMinutesAgo: 0 }),
    examplePod({
      name: 'report-1-x',
      owner: { kind: 'Job', name: 'report-1' },
      isReady: false,
      phase: 'Succeeded',
      status: { ready: false, state: ended(50, 0, 'Completed') },
    }),
    examplePod({
      name: 'report-0-x',
      owner: { kind: 'Job', name: 'report-0' },
      isReady: false,
      phase: 'Failed',
      startedMinutesAgo: 4 * day,
      status: { ready: false, state: ended(4 * day, 1, 'Error') },
    }),
    examplePod({
      name: 'cart-5d4f8c7b9-old',
      isReady: false,
      phase: 'Failed',
      startedMinutesAgo: 6 * day,
      podStatus: { reason: 'Evicted', message: 'The node was low on resource: memory.', containerStatuses: [] },
    }),
    examplePod({
      name: 'debug',
      owner: null,
      isReady: false,
      phase: 'Failed',
      startedMinutesAgo: 9 * day,
      status: { ready: false, state: ended(9 * day, 130, 'Error') },
    }),
  ],
  jobs: [
    {
      metadata: { name: 'report-1', namespace: 'shop', uid: 'uid-report-1' },
      spec: {},
      status: {
        succeeded: 1,
        completionTime: minutesAgo(50),
        conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(50) }],
      },
    },
    {
      metadata: { name: 'report-0', namespace: 'shop', uid: 'uid-report-0' },
      spec: {},
      status: {
        failed: 1,
        conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: minutesAgo(4 * day) }],
      },
    },
  ],
  cronjobs: [
    {
      metadata: { name: 'cleanup', namespace: 'shop', creationTimestamp: minutesAgo(90 * day) },
      spec: { schedule: '0 2 * * *', suspend: true },
      status: { lastScheduleTime: minutesAgo(40 * day) },
    },
    {
      metadata: { name: 'report', namespace: 'shop', creationTimestamp: minutesAgo(90 * day) },
      spec: { schedule: '0 * * * *' },
      status: { lastScheduleTime: minutesAgo(0) },
    },
  ],
  services: [
    {
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { clusterIP: '10.96.0.20', selector: { app: 'cart' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      metadata: { name: 'seasonal', namespace: 'shop' },
      spec: { clusterIP: '10.96.0.21', selector: { app: 'seasonal' }, ports: [{ port: 80 }] },
    },
  ],
  endpointslices: [
    {
      metadata: { name: 'cart-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'cart' } },
      ports: [{ port: 8080 }],
      endpoints: [
        {
          addresses: ['10.244.1.10'],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', name: 'cart-5d4f8c7b9-a', namespace: 'shop' },
        },
      ],
    },
  ],
  horizontalpodautoscalers: [
    {
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { minReplicas: 3, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'cart' }, metrics: [] },
      status: {
        currentReplicas: 3,
        desiredReplicas: 3,
        conditions: [{ type: 'ScalingLimited', status: 'True', reason: 'TooFewReplicas' }],
      },
    },
  ],
  poddisruptionbudgets: [
    {
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'cart' } } },
      status: { expectedPods: 2, currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 },
    },
  ],
  resourcequotas: [{ metadata: { name: 'compute', namespace: 'shop' }, status: { hard: { pods: '3' }, used: { pods: '3' } } }],
  configmaps: [{ metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
  secrets: [],
  events: [
    exampleEvent({
      about: { kind: 'Pod', name: 'cart-5d4f8c7b9-a' },
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      minutesAgo: 55,
    }),
    exampleEvent({
      about: { kind: 'Pod', name: 'cart-66f-c' },
      reason: 'Unhealthy',
      message: 'Readiness probe failed: Get "http://10.244.1.10:8080/": dial tcp 10.244.1.10:8080: connect: connection refused',
      minutesAgo: 0,
    }),
    exampleEvent({
      about: { kind: 'Pod', name: 'cart-5d4f8c7b9-z' },
      reason: 'FailedScheduling',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
      minutesAgo: 50,
    }),
    exampleEvent({
      about: { kind: 'ReplicaSet', name: 'cart-5d4f8c7b9' },
      reason: 'FailedCreate',
      message: 'exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3',
      minutesAgo: 45,
    }),
  ],
  'container-logs': [
    {
      namespace: 'shop',
      pod: 'cart-5d4f8c7b9-a',
      container: 'app',
      text: 'LOG_LEVEL is not set, using info\nlistening on :8080\nWARN dial tcp 10.96.9.9:4317: connect: connection refused (exporter, dropping spans)',
    },
  ],
};

test('what stands in every used cluster is healthy, and nothing in it is given as an answer', () => {
  const { outcome, hypotheses } = diagnose(assess(nobodyAsked, snapshotOf(everyday)), catalogue);
  expect({ outcome, answers: hypotheses.filter((each) => each.confidence >= 0.3).map((each) => each.failureMode) }).toEqual({
    outcome: 'healthy',
    answers: [],
  });
});

test('nobody is called healthy where routes are in use and their Gateways may not be read', () => {
  const answered = { parents: [{ parentRef: { name: 'edge' }, conditions: [{ type: 'Accepted', status: 'True' }] }] };
  const httproutes = [{ metadata: { name: 'web', namespace: 'shop' }, spec: { parentRefs: [{ name: 'edge' }] }, status: answered }];
  const outcomes = [httproutes, []].map((routes) => {
    const snapshot = snapshotOf({ ...everyday, httproutes: routes });
    const gateways = { state: 'unreadable', because: 'forbidden', detail: 'gateways is forbidden' } as const;
    return diagnose(assess(nobodyAsked, { ...snapshot, readings: { ...snapshot.readings, gateways } }), catalogue).outcome;
  });
  expect(outcomes).toEqual(['cannot-tell', 'healthy']);
});
