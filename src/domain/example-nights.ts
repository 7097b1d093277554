import { crashLooping, exampleDeployment, exampleNode, examplePod } from './example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, withMetadata } from './example.ts';

/** Small worlds for mitigations and guard rails: four replicas of cart, and what separates those that fail. */
export function cartReplica(name: string, node: string, hash: string, isFailing: boolean): RawObject {
  return examplePod({
    name: `cart-${hash}-${name}`,
    node,
    owner: { kind: 'ReplicaSet', name: `cart-${hash}` },
    labels: { app: 'cart', 'pod-template-hash': hash },
    isReady: !isFailing,
    startedMinutesAgo: hash === 'old' ? 9000 : 6,
    container: { resources: { requests: { cpu: '100m', memory: '128Mi' } } },
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

function revision(hash: string, number: string, minutes: number, image: string): RawObject {
  const { replicaSet } = exampleDeployment({ name: 'cart', hash, container: { image } });
  return {
    ...replicaSet,
    metadata: {
      ...(replicaSet['metadata'] as RawObject),
      creationTimestamp: minutesAgo(minutes),
      annotations: { 'deployment.kubernetes.io/revision': number },
    },
  };
}

const shared: ExampleEvidence = {
  nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', zone: 'zone-b' }), exampleNode({ name: 'node-3' })],
  deployments: [exampleDeployment({ name: 'cart', replicas: 4, ready: 2 }).deployment],
  replicasets: [revision('old', '1', 9000, 'registry.example/app:1'), revision('new', '2', 6, 'registry.example/app:2')],
  poddisruptionbudgets: [],
};

/** Both failing replicas sit on node-3; all four run the new revision. */
export const nightOfTheNode: ExampleEvidence = {
  ...shared,
  pods: [
    cartReplica('a', 'node-3', 'new', true),
    cartReplica('b', 'node-3', 'new', true),
    cartReplica('c', 'node-1', 'new', false),
    cartReplica('d', 'node-2', 'new', false),
  ],
};

function configured(name: string, node: string, isFailing: boolean): RawObject {
  return examplePod({
    name: `cart-new-${name}`,
    node,
    labels: { app: 'cart', 'pod-template-hash': 'new' },
    isReady: !isFailing,
    startedMinutesAgo: isFailing ? 6 : 600,
    container: { envFrom: [{ configMapRef: { name: 'cart' } }], resources: { requests: { cpu: '100m', memory: '128Mi' } } },
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

/** Both failing replicas sit on node-3; and both started after a ConfigMap of theirs was written, the healthy ones before. */
export const nightOfTheWrite: ExampleEvidence = {
  ...shared,
  pods: [
    configured('a', 'node-3', true),
    configured('b', 'node-3', true),
    configured('c', 'node-1', false),
    configured('d', 'node-2', false),
  ],
  configmaps: [
    {
      metadata: {
        name: 'cart',
        namespace: 'shop',
        creationTimestamp: minutesAgo(9000),
        managedFields: [
          { manager: 'kubectl-edit', operation: 'Update', time: minutesAgo(7), fieldsV1: { 'f:data': { 'f:DATABASE': {} } } },
        ],
      },
      data: { DATABASE: '' },
    },
  ],
};

/** Both failing replicas run the new revision, on different nodes; the healthy ones run the old. */
export const nightOfTheRevision: ExampleEvidence = {
  ...shared,
  pods: [
    cartReplica('a', 'node-3', 'new', true),
    cartReplica('b', 'node-1', 'new', true),
    cartReplica('c', 'node-1', 'old', false),
    cartReplica('d', 'node-2', 'old', false),
  ],
};

/** Too small for anything. */
export function fullNode(name: string): RawObject {
  return exampleNode({ name, status: { allocatable: { cpu: '50m', memory: '1Gi', pods: '110' } } });
}

/** Labels and annotations that delivery controllers, Helm and operators leave. */
export const deliveryMarks = {
  argo: { annotations: { 'deployment.kubernetes.io/revision': '1', 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/cart' } },
  helm: { labels: { app: 'cart', 'app.kubernetes.io/managed-by': 'Helm' } },
  operator: { ownerReferences: [{ kind: 'CartOperator', name: 'cart', uid: 'uid-operator', controller: true }] },
  otherOwner: { ownerReferences: [{ kind: 'Shop', name: 'shop', uid: 'uid-shop' }] },
} satisfies { readonly [name: string]: RawObject };

/** A replica of another workload, alike in all but its name. */
export function ownedBy(workload: string, name: string, node: string, isFailing: boolean): RawObject {
  return examplePod({
    name: `${workload}-1-${name}`,
    node,
    isReady: !isFailing,
    labels: { app: workload },
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

export function budgetForCart(status: RawObject): RawObject {
  return {
    kind: 'PodDisruptionBudget',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'cart' } } },
    status,
  };
}

/** Everything on node-3 fails, and nothing of Kubernetes owns it; elsewhere all is well. */
export function nightOfTheBarePod(ownerKind: string | undefined): ExampleEvidence {
  const pods = Array.from({ length: 12 }, (_each, index) => {
    const isFailing = index < 6;
    return examplePod({
      name: `game-${index}`,
      node: isFailing ? 'node-3' : `node-${1 + (index % 2)}`,
      owner: ownerKind === undefined ? null : { kind: ownerKind, name: 'game' },
      labels: { app: 'game' },
      isReady: !isFailing,
      ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
    });
  });
  return { ...shared, pods };
}

/** Six replicas of cart in zone-b fail, on three nodes; the others are in zone-a. */
export function nightOfTheZone(of: {
  /** Absent: 14. Every other one fails. */
  readonly replicas?: number;
  readonly isFull?: boolean;
  readonly hasVolumes?: boolean;
  /** Absent: a ReplicaSet. Null: nobody. */
  readonly owner?: { readonly kind: string; readonly name: string } | null;
  /** What the replicas in zone-a are. Default: well. "nobody": those of another workload are there, and well. */
  readonly elsewhere?: 'starting' | 'nobody';
}): ExampleEvidence {
  const names = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'];
  const pods = Array.from({ length: of.replicas ?? 14 }, (_each, index): RawObject => {
    const isFailing = index % 2 === 1;
    const node = isFailing ? `node-${4 + (index % 3)}` : `node-${1 + (index % 3)}`;
    if (of.elsewhere !== undefined && (!isFailing || index === 13)) return ownedBy('mail', String(index), node, isFailing);
    return examplePod({
      name: `cart-new-${index}`,
      node,
      owner: of.owner === undefined ? { kind: 'ReplicaSet', name: 'cart-new' } : of.owner,
      labels: { app: 'cart', 'pod-template-hash': 'new' },
      isReady: !isFailing,
      container: { resources: { requests: { cpu: '100m', memory: '128Mi' } } },
      ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
      ...(of.hasVolumes === true ? { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${index}` } }] } } : {}),
    });
  });
  const starting = ['x', 'y'].map((name) =>
    examplePod({
      name: `cart-new-${name}`,
      node: 'node-1',
      owner: { kind: 'ReplicaSet', name: 'cart-new' },
      labels: { app: 'cart', 'pod-template-hash': 'new' },
      isReady: false,
      startedMinutesAgo: 0,
      status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(0) } } },
    }),
  );
  return {
    ...shared,
    nodes: names.map((name, index) =>
      index < 3 ? { ...(of.isFull === true ? fullNode(name) : exampleNode({ name })) } : exampleNode({ name, zone: 'zone-b' }),
    ),
    pods: [...pods, ...(of.elsewhere === 'starting' ? starting : [])],
  };
}

/** Deployment cart with other metadata laid over its own. */
export function cartDeployment(metadata: RawObject, spec: RawObject = {}, status: RawObject = {}): RawObject {
  return withMetadata(exampleDeployment({ name: 'cart', replicas: 4, ready: 2, spec, status }).deployment, metadata);
}

/** A replica of StatefulSet data. */
export function dataReplica(ordinal: number, node: string, revision: string, isFailing: boolean): RawObject {
  return examplePod({
    name: `data-${ordinal}`,
    node,
    owner: { kind: 'StatefulSet', name: 'data' },
    labels: { app: 'data', 'controller-revision-hash': `data-${revision}` },
    isReady: !isFailing,
    startedMinutesAgo: isFailing ? 6 : 9000,
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

function setRevision(hash: string, number: number, minutes: number): RawObject {
  return {
    kind: 'ControllerRevision',
    metadata: {
      name: `data-${hash}`,
      namespace: 'shop',
      creationTimestamp: minutesAgo(minutes),
      ownerReferences: [{ kind: 'StatefulSet', name: 'data', uid: 'uid-data', controller: true }],
    },
    revision: number,
    data: { spec: { template: { spec: { containers: [{ name: 'app', image: `registry.example/data:${number}` }] } } } },
  };
}

/** StatefulSet data: the replicas that were replaced first crash on different nodes, those of the old revision are well. */
export const nightOfTheSet: ExampleEvidence = {
  ...shared,
  deployments: [],
  replicasets: [],
  statefulsets: [
    {
      kind: 'StatefulSet',
      metadata: { name: 'data', namespace: 'shop', uid: 'uid-data', creationTimestamp: minutesAgo(9000) },
      spec: { replicas: 6, serviceName: 'data', selector: { matchLabels: { app: 'data' } }, updateStrategy: { type: 'RollingUpdate' } },
      status: { replicas: 6, readyReplicas: 3, currentRevision: 'data-old', updateRevision: 'data-new' },
    },
  ],
  controllerrevisions: [setRevision('old', 1, 9000), setRevision('new', 2, 6)],
  pods: ['node-1', 'node-2', 'node-3', 'node-1', 'node-2', 'node-3'].map((node, ordinal) =>
    dataReplica(ordinal, node, ordinal < 3 ? 'old' : 'new', ordinal >= 3),
  ),
};
