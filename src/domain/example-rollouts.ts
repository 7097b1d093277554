import { exampleContainerMetric, exampleDeployment, exampleNode, examplePod } from './example-objects.ts';
import { exampleCall, exampleService } from './example-network.ts';
import { cartDeployment, nightOfTheRevision } from './example-nights.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, withMetadata } from './example.ts';

/** Both replicas of cart use all the CPU that they may. */
export function nightOfTheLoad(of: {
  readonly isAutoscaled?: boolean;
  readonly metadata?: RawObject;
  readonly autoscalerMetadata?: RawObject;
}): ExampleEvidence {
  const container = { resources: { requests: { cpu: '500m', memory: '128Mi' }, limits: { cpu: '500m' } } };
  const names = ['cart-7f9-a', 'cart-7f9-b'];
  const { deployment, replicaSet } = exampleDeployment({ name: 'cart', hash: '7f9', container, ready: 0 });
  const autoscaler = {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'cart', namespace: 'shop', uid: 'uid-hpa', ...of.autoscalerMetadata },
    spec: { minReplicas: 1, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'cart' } },
    status: { conditions: [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }] },
  };
  return {
    nodes: [exampleNode({ name: 'node-1' })],
    deployments: [withMetadata(deployment, of.metadata ?? {})],
    replicasets: [replicaSet],
    horizontalpodautoscalers: of.isAutoscaled === true ? [autoscaler] : [],
    pods: names.map((name) => examplePod({ name, isReady: false, labels: { 'pod-template-hash': '7f9' }, container })),
    metrics: names.map((name) => exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', name, [0.49, 0.5, 0.5, 0.5, 0.49])),
  };
}

/** What replicas of cart are: of the new revision or the old, and how they do. */
export interface RollingReplica {
  readonly name: string;
  readonly hash: 'old' | 'new';
  readonly is: 'well' | 'stuck' | 'stuck-again' | 'crashing' | 'starting';
  readonly startedMinutesAgo?: number;
}

export function rollingReplica({ name, hash, is, startedMinutesAgo }: RollingReplica, index: number): RawObject {
  const minutes = startedMinutesAgo ?? (is === 'starting' ? 0 : hash === 'old' ? 9000 : 6);
  const crashed = {
    ready: false,
    restartCount: 6,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: minutesAgo(1), finishedAt: minutesAgo(1) } },
  };
  const again = {
    ready: false,
    restartCount: 1,
    state: { running: { startedAt: minutesAgo(30) } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(31) } },
  };
  const starting = { ready: false, started: false, state: { running: { startedAt: minutesAgo(0) } } };
  return examplePod({
    name: `cart-${hash}-${name}`,
    node: `node-${1 + (index % 3)}`,
    labels: { app: 'cart', 'pod-template-hash': hash },
    isReady: is === 'well',
    startedMinutesAgo: minutes,
    ...(is === 'crashing' ? { status: crashed } : is === 'starting' ? { status: starting } : is === 'stuck-again' ? { status: again } : {}),
  });
}

/** A rollout of cart from the old revision to the new one that is still going on. */
export function rollingNight(
  replicas: readonly RollingReplica[],
  deployment: { readonly metadata?: RawObject; readonly spec?: RawObject; readonly updated?: number } = {},
): ExampleEvidence {
  const updated = deployment.updated ?? replicas.filter((each) => each.hash === 'new').length;
  return {
    ...nightOfTheRevision,
    deployments: [
      cartDeployment(deployment.metadata ?? {}, deployment.spec ?? {}, { replicas: replicas.length, updatedReplicas: updated }),
    ],
    pods: replicas.map(rollingReplica),
  };
}

/** Three times as many requests come to Service cart, and each takes thirty times as long; no replica fails. */
export const nightOfTheCrowd: ExampleEvidence = {
  ...nightOfTheLoad({}),
  pods: ['cart-7f9-a', 'cart-7f9-b'].map((name) => examplePod({ name, labels: { 'pod-template-hash': '7f9' } })),
  metrics: [],
  services: [exampleService({ name: 'cart' })],
  'service-calls': [
    exampleCall('internet', 'gateway', { requests: [3000, 1000], errors: [0.12, 0.001] }),
    exampleCall('gateway', 'cart', { requests: [3000, 1000], errors: [0.12, 0.001], latency: [2400, 80] }),
  ],
};
