import { crash, eventsOf, logsOf, type Night, seedNight, seedReplicas } from './nights.ts';
import { at, event, metadata, node, pod, type Raw } from './objects.ts';
import { climbing, errorRate, firing, page, quiet, scrapeTargets } from './page.ts';
import { kubeProxy, namespaces, neighbourhood, nodes } from './platform.ts';
import {
  databaseAddress,
  newHash,
  oldHash,
  paymentConfiguration,
  paymentNetwork,
  type PaymentReplica,
  paymentPod,
  paymentWorkload,
} from './shop.ts';

/** A night that differs from the seed's in one thing. */
export interface Sibling {
  readonly name: string;
  readonly night: () => Night;
}

const origin = (difference: string): string => `A sibling of the seed's recording, written by hand. The one difference: ${difference}.`;

/** The seed's page over other replicas, without anything wrong on a node. */
function nightOf(
  replicas: readonly PaymentReplica[],
  difference: string,
  options: { readonly isDatabaseInCluster: boolean; readonly moreNodes?: readonly Raw[] } = { isDatabaseInCluster: true },
): Night {
  return {
    origin: origin(difference),
    collectedAt: at('02:47:30'),
    objects: [
      ...nodes(),
      ...(options.moreNodes ?? []),
      ...kubeProxy({}),
      ...neighbourhood(),
      ...paymentWorkload(replicas, at('02:41:02')),
      ...replicas.map(paymentPod),
      ...paymentNetwork(replicas, options),
      ...paymentConfiguration(),
      ...eventsOf(replicas),
      ...namespaces(['payments', 'shop', 'kube-system', 'default']),
    ],
    logs: logsOf(replicas),
    metrics: [errorRate(climbing)],
    alert: page({ startsAt: at('02:47:00') }),
    history: [firing(at('02:47:00'))],
    targets: scrapeTargets('up'),
  };
}

function replica(suffix: string, worker: number, hash: string, isCrashing: boolean): PaymentReplica {
  return {
    suffix,
    node: `node-worker-${worker}`,
    address: `10.244.${worker}.${20 + (suffix.charCodeAt(0) % 60)}`,
    hash,
    created: hash === newHash ? at('02:41:10') : '2026-11-05T10:03:00Z',
    ...(isCrashing ? { crash } : {}),
  };
}

const healthyReplicas: readonly PaymentReplica[] = seedReplicas.map(({ crash: _crash, ...rest }) => rest);

function badRevision(): Night {
  return nightOf(
    [
      replica('x2k9m', 3, newHash, true),
      replica('q4r7p', 1, newHash, true),
      replica('d6h2z', 2, newHash, true),
      replica('a8j3n', 1, oldHash, false),
      replica('m5t8w', 2, oldHash, false),
      replica('t9c4v', 3, oldHash, false),
    ],
    'the same crash on every pod of revision 47, whatever its node, and on none of revision 46',
  );
}

function databaseDown(): Night {
  return nightOf(
    [
      replica('x2k9m', 3, newHash, true),
      replica('q4r7p', 1, newHash, true),
      replica('a8j3n', 1, oldHash, true),
      replica('m5t8w', 2, oldHash, true),
    ],
    'every pod of every revision crashes, because the database refuses connections; it runs outside the cluster',
    { isDatabaseInCluster: false },
  );
}

function oneZone(): Night {
  const moreNodes = [node('node-worker-4', 'zone-b', { address: '172.20.0.14', podCidr: '10.244.4.0/24' })];
  const replicas = [
    replica('x2k9m', 2, newHash, true),
    replica('q4r7p', 2, newHash, true),
    replica('d6h2z', 4, newHash, true),
    replica('w3f8b', 4, newHash, true),
    replica('a8j3n', 1, newHash, false),
    replica('m5t8w', 1, newHash, false),
    replica('t9c4v', 3, newHash, false),
    replica('z7p5k', 3, newHash, false),
  ];
  return nightOf(replicas, 'all replicas in zone-b fail, on both of its nodes, and none in zone-a', {
    isDatabaseInCluster: false,
    moreNodes,
  });
}

function flapping(): Night {
  const history = ['2026-11-13T23:10:00Z', '2026-11-13T23:52:00Z', at('00:31:00'), at('01:14:00'), at('01:58:00'), at('02:22:00')].map(
    (started) => firing(started, new Date(Date.parse(started) + 4 * 60_000).toISOString().replace('.000Z', 'Z')),
  );
  const sawtooth = (minutes: number): number => (Math.floor(minutes / 4) % 2 === 0 ? 0.056 : 0.044);
  return {
    ...nightOf(healthyReplicas, 'no replica fails, and the alert has come and gone all night'),
    metrics: [errorRate(sawtooth)],
    history: [...history, firing(at('02:47:00'))],
  };
}

function stale(): Night {
  return {
    ...nightOf(healthyReplicas, 'no replica fails; the scrape of the service died at 02:31 and the alert rests on old data'),
    metrics: [errorRate((minutes) => (minutes > 150 ? 0.061 : quiet(minutes)), '02:31:00')],
    alert: page({ startsAt: at('02:31:00') }),
    history: [firing(at('02:31:00'))],
    targets: scrapeTargets('down'),
  };
}

function backToNormal(): Night {
  const spike = (minutes: number): number => (minutes >= 153 && minutes < 158 ? 0.08 : quiet(minutes));
  return {
    ...nightOf(healthyReplicas, 'no replica fails, and the error rate has been back to normal for ten minutes'),
    metrics: [errorRate(spike)],
    alert: page({ startsAt: at('02:36:30') }),
    history: [firing(at('02:36:30'))],
  };
}

function nodeEvidenceMissing(): Night {
  const { nodes: _nodes, probes: _probes, ...seed } = seedNight();
  const isOfManyServices = (object: Raw): boolean => /(svc-\d{3}|onboarded-\d{2})/.test(String((object['metadata'] as Raw)['name']));
  const withoutKill = seed.objects.filter(
    (object) =>
      !isOfManyServices(object) && !(object['kind'] === 'Pod' && /^kube-proxy-/.test(String((object['metadata'] as Raw)['name']))),
  );
  const proxies = kubeProxy({}).filter((object) => object['kind'] === 'Pod');
  return {
    ...seed,
    objects: [...withoutKill, ...proxies],
    origin: origin(
      'nothing from the node was recorded and kube-proxy shows no restart, so kube-proxy and the pod network cannot be told apart',
    ),
  };
}

function twoFaults(): Night {
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

function healthyWithOldNoise(): Night {
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

export const siblings: readonly Sibling[] = [
  { name: 'bad-revision/every-pod-of-the-new-revision', night: badRevision },
  { name: 'dependency-refuses-connections/database-outside-the-cluster', night: databaseDown },
  { name: 'cannot-tell/one-zone', night: oneZone },
  { name: 'alert-flapping/all-night', night: flapping },
  { name: 'alert-stale/scrape-died', night: stale },
  { name: 'alert-transient/back-to-normal', night: backToNormal },
  { name: 'cannot-tell/node-evidence-missing', night: nodeEvidenceMissing },
  { name: 'kube-proxy-rules-incomplete/and-an-image-that-does-not-exist', night: twoFaults },
  { name: 'healthy/old-noise', night: healthyWithOldNoise },
];

export { databaseAddress };
