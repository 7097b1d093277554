import { expect, test } from 'vitest';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../../domain/example.ts';
import { factsOf } from '../facts-of.ts';

function healthOf(given: ExampleEvidence): readonly string[] {
  return (
    factsOf(snapshotOf(given))
      .get('replicas')
      ?.all.map(
        (replica) => `${replica.pod.metadata.name}: ${replica.health}${replica.troubles.map((trouble) => ` ${trouble.kind}`).join('')}`,
      ) ?? []
  );
}

test('a pod that waits in a crash loop fails', () => {
  expect(healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })] })).toEqual([
    'cart-5d4f8c7b9-a: failing waiting',
  ]);
});

test('a crash loop that happens to run at this moment still fails', () => {
  const running = {
    ready: true,
    restartCount: 6,
    state: { running: { startedAt: minutesAgo(1) } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(2) } },
  };
  expect(healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', status: running })] })).toEqual(['cart-5d4f8c7b9-a: failing ended']);
});

test('a container that was killed once minutes ago and is ready again is healthy, and its end is remembered', () => {
  const running = {
    ready: true,
    restartCount: 1,
    state: { running: { startedAt: minutesAgo(5) } },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(5) } },
  };
  expect(healthOf({ pods: [examplePod({ name: 'proxy-a', status: running })] })).toEqual(['proxy-a: healthy ended']);
});

test('a container that ends in order over and over within minutes fails; one that did so once, or after a long life, does not', () => {
  const running = (restartCount: number, livedMinutes: number) => ({
    ready: true,
    restartCount,
    state: { running: { startedAt: minutesAgo(1) } },
    lastState: {
      terminated: { exitCode: 0, reason: 'Completed', startedAt: minutesAgo(1 + livedMinutes), finishedAt: minutesAgo(1) },
    },
  });
  const health = (restartCount: number, livedMinutes: number): readonly string[] =>
    healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', status: running(restartCount, livedMinutes) })] });
  expect([health(3, 0.5), health(1, 0.5), health(3, 500)]).toEqual([
    ['cart-5d4f8c7b9-a: failing ended'],
    ['cart-5d4f8c7b9-a: healthy'],
    ['cart-5d4f8c7b9-a: healthy'],
  ]);
});

test('restarts of last month are history', () => {
  const running = {
    ready: true,
    restartCount: 9,
    state: { running: { startedAt: minutesAgo(50_000) } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(50_000) } },
  };
  expect(healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', status: running })] })).toEqual(['cart-5d4f8c7b9-a: healthy']);
});

test('a program that starts for the first time may take a minute; one that was ended before may not', () => {
  const started = (restartCount: number) => ({
    ready: false,
    restartCount,
    state: { running: { startedAt: minutesAgo(0.8) } },
    ...(restartCount === 0 ? {} : { lastState: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: minutesAgo(2) } } }),
  });
  const given = (restartCount: number): ExampleEvidence => ({
    pods: [examplePod({ name: 'cart-5d4f8c7b9-a', isReady: false, startedMinutesAgo: 1, status: started(restartCount) })],
  });
  expect([...healthOf(given(0)), ...healthOf(given(2))]).toEqual(['cart-5d4f8c7b9-a: starting', 'cart-5d4f8c7b9-a: failing not-ready']);
});

test('a native sidecar that has not started in its time holds the pod up, and one that is not ready keeps it from being ready', () => {
  const given = (sidecar: object, isInitialised: boolean): ExampleEvidence => ({
    pods: [
      examplePod({
        name: 'cart-5d4f8c7b9-a',
        isReady: false,
        ...(isInitialised ? {} : { phase: 'Pending', status: { ready: false, state: { waiting: { reason: 'PodInitializing' } } } }),
        spec: { initContainers: [{ name: 'proxy', image: 'p:1', restartPolicy: 'Always' }] },
        podStatus: {
          conditions: [
            { type: 'Initialized', status: isInitialised ? 'True' : 'False', lastTransitionTime: minutesAgo(30) },
            { type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(10) },
          ],
          initContainerStatuses: [{ name: 'proxy', restartCount: 0, state: { running: { startedAt: minutesAgo(30) } }, ...sidecar }],
        },
      }),
    ],
  });
  expect([...healthOf(given({ ready: false, started: false }, false)), ...healthOf(given({ ready: false, started: true }, true))]).toEqual([
    'cart-5d4f8c7b9-a: failing not-ready',
    'cart-5d4f8c7b9-a: failing not-ready',
  ]);
});

test('a pod within the time that its own readiness probe allows is starting, and past it is failing', () => {
  const container = {
    readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 120, periodSeconds: 10, failureThreshold: 3 },
  };
  const started = (minutes: number) => ({ ready: false, state: { running: { startedAt: minutesAgo(minutes) } } });
  const given = (minutes: number): ExampleEvidence => ({
    pods: [examplePod({ name: 'cart-5d4f8c7b9-a', isReady: false, container, startedMinutesAgo: minutes, status: started(minutes) })],
  });
  expect([...healthOf(given(2)), ...healthOf(given(4))]).toEqual(['cart-5d4f8c7b9-a: starting', 'cart-5d4f8c7b9-a: failing not-ready']);
});

test('pods of a node that does not report are lost, whatever their last status says', () => {
  expect(healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a' })], nodes: [exampleNode({ name: 'node-1', isReady: false })] })).toEqual([
    'cart-5d4f8c7b9-a: failing lost',
  ]);
});

test('where nodes may not be read, Ready taken away from a pod whose containers are all ready tells that its node is lost', () => {
  const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(9) }];
  const pod = examplePod({ name: 'cart-5d4f8c7b9-a', podStatus: { conditions } });
  expect(healthOf({ pods: [pod] })).toEqual(['cart-5d4f8c7b9-a: failing lost']);
});

test('a pod on a machine that has just joined is not lost, although its node is not Ready yet', () => {
  const nodes = [exampleNode({ name: 'node-1', isReady: false, createdMinutesAgo: 1 })];
  expect(healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', startedMinutesAgo: 1 })], nodes })).toEqual([
    'cart-5d4f8c7b9-a: healthy',
  ]);
});

test('a debug pod that a crashed run of ours left behind is no replica', () => {
  const leftOver = examplePod({
    name: 'stanch-debug-1a2b3c4d',
    owner: null,
    labels: { 'stanch.dev/debug-pod': 'true' },
    isReady: false,
    phase: 'Failed',
    podStatus: { phase: 'Failed', reason: 'DeadlineExceeded' },
  });
  expect(healthOf({ pods: [leftOver] })).toEqual([]);
});

test('a pod that failed yesterday is history, whoever owns it', () => {
  const ended = (minutes: number) => ({
    ready: false,
    state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(minutes) } },
  });
  const failed = (name: string, minutes: number) =>
    examplePod({ name, owner: null, isReady: false, phase: 'Failed', status: ended(minutes) });
  expect(healthOf({ pods: [failed('debug-a', 30), failed('debug-b', 60 * 30)] })).toEqual([
    'debug-a: failing failed',
    'debug-b: finished failed',
  ]);
});

test('an evicted pod whose controller replaces it is finished, and a failed pod without owner fails', () => {
  const evicted = { phase: 'Failed', podStatus: { phase: 'Failed', reason: 'Evicted' } };
  expect(
    healthOf({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', ...evicted }), examplePod({ name: 'lonely', owner: null, ...evicted })] }),
  ).toEqual(['cart-5d4f8c7b9-a: finished failed', 'lonely: failing failed']);
});

test('a failed pod of a controller that deletes it before it makes another is missed for as long as it stands there', () => {
  const failed = { phase: 'Failed', podStatus: { phase: 'Failed', reason: 'Evicted' } };
  const pods = ['DaemonSet', 'StatefulSet'].map((kind) =>
    examplePod({ name: kind.toLowerCase(), owner: { kind, name: 'store' }, ...failed }),
  );
  expect(healthOf({ pods })).toEqual(['daemonset: failing failed', 'statefulset: failing failed']);
});

test('the workload is the Deployment above the ReplicaSet, with or without the list of ReplicaSets', () => {
  const { replicaSet } = exampleDeployment({ name: 'cart' });
  const pod = examplePod({ name: 'cart-5d4f8c7b9-a', labels: { 'pod-template-hash': '5d4f8c7b9' } });
  const workloads = [{ pods: [pod], replicasets: [replicaSet] }, { pods: [pod] }].map(
    (given) => factsOf(snapshotOf(given)).get('replicas')?.all[0]?.workload,
  );
  expect(workloads).toEqual([
    { kind: 'Deployment', namespace: 'shop', name: 'cart' },
    { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  ]);
});

test('a static pod is its own workload although a node owns it', () => {
  const pod = examplePod({ name: 'etcd-control-1', namespace: 'kube-system', owner: { kind: 'Node', name: 'control-1' } });
  expect(factsOf(snapshotOf({ pods: [pod] })).get('replicas')?.all[0]?.workload).toEqual({
    kind: 'Pod',
    namespace: 'kube-system',
    name: 'etcd-control-1',
  });
});

test('without conditions the containers speak for themselves, and without either nobody is called healthy', () => {
  const bare = { podStatus: { conditions: [] } };
  const waits = { ready: false, state: { running: { startedAt: minutesAgo(30) } } };
  expect(
    healthOf({
      pods: [
        examplePod({ name: 'cart-1-a', ...bare }),
        examplePod({ name: 'cart-1-b', ...bare, status: waits }),
        examplePod({ name: 'cart-1-c', podStatus: { conditions: [], containerStatuses: [] } }),
      ],
    }),
  ).toEqual(['cart-1-a: healthy', 'cart-1-b: failing not-ready', 'cart-1-c: unknown']);
});

test('a pod that only holds room for others and gives way to them may wait, and one that works may not', () => {
  const waiting = (name: string, spec: RawObject, container: RawObject): RawObject =>
    examplePod({ name, node: null, isReady: false, startedMinutesAgo: 30, spec, container });
  expect(
    healthOf({
      pods: [
        waiting('balloon-a', { priority: -10 }, { image: 'registry.k8s.io/pause:3.9' }),
        waiting('balloon-b', { priority: -5 }, { image: 'busybox', command: ['sh', '-c', 'sleep infinity'] }),
        waiting('batch-a', { priority: -10 }, { image: 'registry.example/batch:1' }),
        waiting('idle-a', { priority: 0 }, { image: 'registry.k8s.io/pause:3.9' }),
      ],
    }),
  ).toEqual(['balloon-a: starting', 'balloon-b: starting', 'batch-a: failing unscheduled', 'idle-a: failing unscheduled']);
});
