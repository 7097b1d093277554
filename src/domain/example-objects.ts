import type { MetricResult } from './evidence.ts';
import { exampleNow, minutesAgo, type RawObject } from './example.ts';
import { millisecondsPerMinute } from './instant.ts';

/** Short forms for the objects that nearly every example needs, as the API server would return them. */
export interface ExamplePod {
  readonly name: string;
  /** Default: shop. */
  readonly namespace?: string;
  /** Default: node-1. Null: not scheduled. */
  readonly node?: string | null;
  /** Default: a ReplicaSet named like the pod without its last part. Null: no owner. */
  readonly owner?: { readonly kind: string; readonly name: string } | null;
  readonly labels?: { readonly [key: string]: string };
  /** Default: Running; Pending where not scheduled. */
  readonly phase?: string;
  /** Default: true. */
  readonly isReady?: boolean;
  /** Parts of the first container's spec, over the defaults {name: "app", image: "registry.example/app:1"}. */
  readonly container?: RawObject;
  /** Parts of the first container's status, over a healthy one. */
  readonly status?: RawObject;
  /** Further parts of spec and of the pod's status, over the defaults. */
  readonly spec?: RawObject;
  readonly podStatus?: RawObject;
  readonly startedMinutesAgo?: number;
}

export function examplePod(of: ExamplePod): RawObject {
  const isReady = of.isReady ?? true;
  const started = minutesAgo(of.startedMinutesAgo ?? 60);
  const node = of.node === undefined ? 'node-1' : of.node;
  const container = { name: 'app', image: 'registry.example/app:1', ...of.container };
  const stem = of.name.split('-').slice(0, -1).join('-');
  const owner = of.owner === undefined ? { kind: 'ReplicaSet', name: stem } : of.owner;
  const readiness = isReady ? 'True' : 'False';
  return {
    kind: 'Pod',
    metadata: {
      name: of.name,
      namespace: of.namespace ?? 'shop',
      uid: `uid-${of.name}`,
      creationTimestamp: started,
      labels: { app: stem.split('-')[0] ?? 'app', ...of.labels },
      ...(owner === null ? {} : { ownerReferences: [{ ...owner, uid: `uid-${owner.name}`, controller: true }] }),
    },
    spec: { ...(node === null ? {} : { nodeName: node }), containers: [container], restartPolicy: 'Always', ...of.spec },
    status: {
      phase: of.phase ?? (node === null ? 'Pending' : 'Running'),
      startTime: started,
      podIP: '10.244.1.10',
      conditions: [
        { type: 'PodScheduled', status: node === null ? 'False' : 'True', lastTransitionTime: started },
        { type: 'Initialized', status: 'True', lastTransitionTime: started },
        { type: 'ContainersReady', status: readiness, lastTransitionTime: started },
        { type: 'Ready', status: readiness, lastTransitionTime: started },
      ],
      containerStatuses:
        node === null
          ? []
          : [
              {
                name: container.name,
                ready: isReady,
                started: true,
                restartCount: 0,
                image: container.image,
                state: { running: { startedAt: started } },
                lastState: {},
                ...of.status,
              },
            ],
      ...of.podStatus,
    },
  };
}

/** A container that crashes again and again; merge into `status` of a pod that is not ready. */
export function crashLooping(last: {
  readonly exitCode: number;
  readonly reason?: string;
  readonly minutesAgo?: number;
  readonly restarts?: number;
  readonly message?: string;
}): RawObject {
  const finishedAt = minutesAgo(last.minutesAgo ?? 1);
  return {
    ready: false,
    started: false,
    restartCount: last.restarts ?? 5,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s restarting failed container' } },
    lastState: {
      terminated: {
        exitCode: last.exitCode,
        reason: last.reason ?? 'Error',
        startedAt: finishedAt,
        finishedAt,
        ...(last.message === undefined ? {} : { message: last.message }),
      },
    },
  };
}

/** A container whose image cannot be had; merge into `status` of a pod that is not ready. */
export function imagePulling(message: string, reason = 'ImagePullBackOff'): RawObject {
  return { ready: false, started: false, restartCount: 0, state: { waiting: { reason, message } }, lastState: {} };
}

/** A container that waits for anything else; merge into `status` of a pod that is not ready. */
export function waitingFor(reason: string, message = ''): RawObject {
  return {
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason, ...(message === '' ? {} : { message }) } },
    lastState: {},
  };
}

/** A replica of Deployment "cart" that has waited ten minutes for a node, with the scheduler's words. Empty text: none were kept. */
export function exampleUnscheduled(of: {
  readonly message: string;
  readonly name?: string;
  readonly spec?: RawObject;
  readonly container?: RawObject;
  readonly owner?: ExamplePod['owner'];
}): RawObject {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    lastTransitionTime: minutesAgo(10),
    ...(of.message === '' ? {} : { message: of.message }),
  };
  return examplePod({
    name: of.name ?? 'cart-7f9-a',
    node: null,
    isReady: false,
    startedMinutesAgo: 10,
    labels: { 'pod-template-hash': '7f9' },
    podStatus: { conditions: [condition] },
    ...(of.spec === undefined ? {} : { spec: of.spec }),
    ...(of.container === undefined ? {} : { container: of.container }),
    ...(of.owner === undefined ? {} : { owner: of.owner }),
  });
}

export interface ExampleNode {
  readonly name: string;
  readonly zone?: string;
  readonly isReady?: boolean;
  /** Default: thirty days. */
  readonly createdMinutesAgo?: number;
  readonly labels?: { readonly [key: string]: string };
  readonly spec?: RawObject;
  readonly status?: RawObject;
}

export function exampleNode(of: ExampleNode): RawObject {
  return {
    kind: 'Node',
    metadata: {
      name: of.name,
      uid: `uid-${of.name}`,
      creationTimestamp: minutesAgo(of.createdMinutesAgo ?? 60 * 24 * 30),
      labels: { 'kubernetes.io/hostname': of.name, 'topology.kubernetes.io/zone': of.zone ?? 'zone-a', ...of.labels },
    },
    spec: { ...of.spec },
    status: {
      capacity: { cpu: '4', memory: '16Gi', pods: '110' },
      allocatable: { cpu: '4', memory: '16Gi', pods: '110' },
      nodeInfo: {
        kubeletVersion: 'v1.34.1',
        kernelVersion: '6.1.0',
        containerRuntimeVersion: 'containerd://1.7.0',
        osImage: 'Debian GNU/Linux 12',
      },
      conditions: [
        { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', lastTransitionTime: minutesAgo(60 * 24 * 30) },
        { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', lastTransitionTime: minutesAgo(60 * 24 * 30) },
        { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', lastTransitionTime: minutesAgo(60 * 24 * 30) },
        {
          type: 'Ready',
          status: (of.isReady ?? true) ? 'True' : 'False',
          reason: 'KubeletReady',
          lastTransitionTime: minutesAgo(60 * 24 * 30),
        },
      ],
      ...of.status,
    },
  };
}

/** A Deployment with the ReplicaSet that its pods name as owner (`${name}-${hash}`). Returns both. */
export function exampleDeployment(of: {
  readonly name: string;
  readonly namespace?: string;
  readonly hash?: string;
  readonly replicas?: number;
  readonly ready?: number;
  readonly container?: RawObject;
  readonly podSpec?: RawObject;
  readonly spec?: RawObject;
  readonly status?: RawObject;
}): { readonly deployment: RawObject; readonly replicaSet: RawObject } {
  const namespace = of.namespace ?? 'shop';
  const hash = of.hash ?? '5d4f8c7b9';
  const replicas = of.replicas ?? 2;
  const ready = of.ready ?? replicas;
  const labels = { app: of.name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ...of.container }], ...of.podSpec },
  };
  const created = minutesAgo(60 * 24 * 7);
  return {
    deployment: {
      kind: 'Deployment',
      metadata: {
        name: of.name,
        namespace,
        uid: `uid-${of.name}`,
        creationTimestamp: created,
        annotations: { 'deployment.kubernetes.io/revision': '1' },
      },
      spec: { replicas, selector: { matchLabels: labels }, template, ...of.spec },
      status: {
        replicas,
        updatedReplicas: replicas,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: replicas - ready,
        ...of.status,
      },
    },
    replicaSet: {
      kind: 'ReplicaSet',
      metadata: {
        name: `${of.name}-${hash}`,
        namespace,
        uid: `uid-${of.name}-${hash}`,
        creationTimestamp: created,
        labels: { ...labels, 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': '1' },
        ownerReferences: [{ kind: 'Deployment', name: of.name, uid: `uid-${of.name}`, controller: true }],
      },
      spec: { replicas, selector: { matchLabels: { ...labels, 'pod-template-hash': hash } }, template },
      status: { replicas, readyReplicas: ready },
    },
  };
}

/** A Deployment "cart" none of whose pods may be created, in the API server's words. */
export function exampleRefusal(message: string): {
  readonly pods: readonly RawObject[];
  readonly deployments: readonly RawObject[];
  readonly replicasets: readonly RawObject[];
} {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: minutesAgo(8) }];
  const { deployment, replicaSet } = exampleDeployment({ name: 'cart', ready: 0, status: { replicas: 0, conditions } });
  return { pods: [], deployments: [deployment], replicasets: [{ ...replicaSet, status: { replicas: 0, readyReplicas: 0, conditions } }] };
}

/** One measurement of container "app" of a pod in namespace shop, two minutes apart, the last of them now. */
export function exampleContainerMetric(expression: string, pod: string, values: readonly number[]): MetricResult {
  const now = Date.parse(exampleNow);
  const stepMilliseconds = 2 * millisecondsPerMinute;
  const points = values.map((value, index) => ({ at: now - (values.length - 1 - index) * stepMilliseconds, value }));
  return {
    expression,
    purpose: 'context',
    from: points[0]?.at ?? now,
    until: now,
    stepSeconds: stepMilliseconds / 1000,
    series: [{ labels: { namespace: 'shop', pod, container: 'app' }, points }],
  };
}
