import { crashLooping, exampleDeployment, exampleNode, examplePod } from './example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject } from './example.ts';

/** Small worlds for mitigations and guard rails: four replicas of cart, and what separates those that fail. */
function replica(name: string, node: string, hash: string, isFailing: boolean): RawObject {
  return examplePod({
    name: `cart-${hash}-${name}`,
    node,
    owner: { kind: 'ReplicaSet', name: `cart-${hash}` },
    labels: { app: 'cart', 'pod-template-hash': hash },
    isReady: !isFailing,
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
    replica('a', 'node-3', 'new', true),
    replica('b', 'node-3', 'new', true),
    replica('c', 'node-1', 'new', false),
    replica('d', 'node-2', 'new', false),
  ],
};

/** Both failing replicas run the new revision, on different nodes; the healthy ones run the old. */
export const nightOfTheRevision: ExampleEvidence = {
  ...shared,
  pods: [
    replica('a', 'node-3', 'new', true),
    replica('b', 'node-1', 'new', true),
    replica('c', 'node-1', 'old', false),
    replica('d', 'node-2', 'old', false),
  ],
};
