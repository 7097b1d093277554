import { type Night, seedNight } from './nights.ts';
import { at, event, metadata, node, pod, type Raw } from './objects.ts';
import { errorRate, quiet } from './page.ts';
import { namespaces } from './platform.ts';
import { healthyReplicas, nightOf, origin } from './quiet-night.ts';

export function twoFaults(): Night {
  const seed = seedNight();
  const name = 'invoice-batch';
  const owner = { kind: 'ReplicaSet', name: `${name}-5f6d7c8b9` };
  const container = {
    name,
    image: 'registry.example/billing/invoice-batch:9.9.9-typo',
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
  };
  const broken = pod({
    name: `${name}-5f6d7c8b9-r2d2c`,
    namespace: 'billing',
    node: 'node-worker-1',
    address: '',
    created: at('01:12:00'),
    owner,
    labels: { app: name, 'pod-template-hash': '5f6d7c8b9' },
    container,
    imageId: '',
  });
  const status = broken['status'] as Raw;
  const waiting = {
    reason: 'ImagePullBackOff',
    message:
      'Back-off pulling image "registry.example/billing/invoice-batch:9.9.9-typo": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "registry.example/billing/invoice-batch:9.9.9-typo": failed to resolve reference "registry.example/billing/invoice-batch:9.9.9-typo": registry.example/billing/invoice-batch:9.9.9-typo: not found',
  };
  const failed = {
    ...broken,
    status: {
      ...status,
      phase: 'Pending',
      conditions: (status['conditions'] as readonly Raw[]).map((each) =>
        each['type'] === 'Ready' || each['type'] === 'ContainersReady' ? { ...each, status: 'False', reason: 'ContainersNotReady' } : each,
      ),
      containerStatuses: [
        { name, image: container.image, imageID: '', ready: false, started: false, restartCount: 0, state: { waiting }, lastState: {} },
      ],
    },
  };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
  const workload = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata({
        name,
        namespace: 'billing',
        created: '2026-10-01T08:00:00Z',
        annotations: { 'deployment.kubernetes.io/revision': '2' },
      }),
      spec: { replicas: 1, selector: { matchLabels: { app: name } }, template },
      status: { replicas: 1, updatedReplicas: 1, readyReplicas: 0, unavailableReplicas: 1 },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: metadata({
        name: owner.name,
        namespace: 'billing',
        created: at('01:12:00'),
        labels: { app: name, 'pod-template-hash': '5f6d7c8b9' },
        annotations: { 'deployment.kubernetes.io/revision': '2' },
        owner: { kind: 'Deployment', name },
      }),
      spec: { replicas: 1, selector: { matchLabels: { app: name } }, template },
      status: { replicas: 1, readyReplicas: 0 },
    },
  ];
  const pull = event({
    kind: 'Pod',
    name: `${name}-5f6d7c8b9-r2d2c`,
    namespace: 'billing',
    reason: 'Failed',
    message: waiting.message,
    first: at('01:12:04'),
    last: at('02:46:10'),
    count: 24,
  });
  return {
    ...seed,
    objects: [...seed.objects, ...workload, failed, pull, ...namespaces(['billing'])],
    origin: origin('a second workload cannot pull its image, which has nothing to do with the page'),
  };
}

export function healthyWithOldNoise(): Night {
  const {
    alert: _alert,
    history: _history,
    ...calm
  } = nightOf(
    healthyReplicas,
    'nothing is wrong; old restarts, an old warning, a finished Job, a cordoned spare node and a rollout in progress are all there is',
  );
  const restarted = pod({
    name: 'reports-7c6b5d4f8-n4k2j',
    namespace: 'shop',
    node: 'node-worker-1',
    address: '10.244.1.77',
    created: '2026-09-01T07:00:00Z',
    owner: { kind: 'ReplicaSet', name: 'reports-7c6b5d4f8' },
    labels: { app: 'reports', 'pod-template-hash': '7c6b5d4f8' },
    container: { name: 'reports', image: 'registry.example/shop/reports:4.0.1' },
    imageId: `registry.example/shop/reports@sha256:${'f6'.repeat(32)}`,
    recovered: { restarts: 3, endedAt: '2026-10-12T04:00:00Z', exitCode: 137, reason: 'OOMKilled' },
  });
  const finished = pod({
    name: 'nightly-export-28900-w8x2z',
    namespace: 'shop',
    node: 'node-worker-2',
    address: '',
    created: at('01:00:00'),
    owner: { kind: 'Job', name: 'nightly-export-28900' },
    labels: { 'job-name': 'nightly-export-28900' },
    container: { name: 'export', image: 'registry.example/shop/export:2' },
    imageId: '',
  });
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata({ name: 'nightly-export-28900', namespace: 'shop', created: at('01:00:00') }),
    spec: { completions: 1, parallelism: 1, backoffLimit: 6 },
    status: { succeeded: 1, startTime: at('01:00:00'), completionTime: at('01:03:10'), conditions: [{ type: 'Complete', status: 'True' }] },
  };
  const spare = node('node-spare-1', 'zone-b', { address: '172.20.0.19', podCidr: '10.244.9.0/24' });
  const oldWarning = event({
    kind: 'Pod',
    name: 'catalog-69d5c4b7f-c4v8n',
    namespace: 'shop',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    first: '2026-11-13T22:10:00Z',
    last: '2026-11-13T22:10:20Z',
    count: 2,
  });
  const done = {
    ...finished,
    status: {
      phase: 'Succeeded',
      startTime: at('01:00:00'),
      conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }],
      containerStatuses: [
        {
          name: 'export',
          ready: false,
          restartCount: 0,
          image: 'registry.example/shop/export:2',
          imageID: '',
          state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at('01:00:02'), finishedAt: at('01:03:10') } },
          lastState: {},
        },
      ],
    },
  };
  return {
    ...calm,
    objects: [...calm.objects, restarted, done, job, { ...spare, spec: { ...(spare['spec'] as Raw), unschedulable: true } }, oldWarning],
    metrics: [errorRate(quiet)],
  };
}
