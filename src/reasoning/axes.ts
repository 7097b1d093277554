import type { Node } from '../domain/kubernetes/node.ts';
import type { Replica } from '../domain/replica.ts';

/** One way in which replicas can differ. Undefined: not known for this replica. */
export interface AxisDefinition {
  readonly axis: string;
  /** Lower acts first where two axes split alike: what a human can act on, and what usually is the cause. */
  readonly order: number;
  readonly valueOf: (replica: Replica, node: Node | undefined) => string | undefined;
}

/** Axes that belong to the workload itself; all others are the place where a replica runs. */
export const axesOfWorkload: ReadonlySet<string> = new Set(['revision', 'image digest', 'configuration', 'service account']);

function labelAxis(axis: string, order: number, labels: readonly string[]): AxisDefinition {
  return { axis, order, valueOf: (_replica, node) => firstOf(labels.map((label) => node?.metadata.labels[label])) };
}

function firstOf(values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== '');
}

/** Every axis that the API knows. Labels are those that Kubernetes and the large providers document. */
export const axisDefinitions: readonly AxisDefinition[] = [
  { axis: 'revision', order: 1, valueOf: (replica) => replica.revision },
  { axis: 'node', order: 2, valueOf: (replica) => replica.pod.spec.nodeName },
  labelAxis('zone', 3, ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone']),
  labelAxis('node pool', 4, [
    'cloud.google.com/gke-nodepool',
    'eks.amazonaws.com/nodegroup',
    'kubernetes.azure.com/agentpool',
    'agentpool',
    'karpenter.sh/nodepool',
    'node.openshift.io/machine-pool',
    'kops.k8s.io/instancegroup',
    'node-pool',
  ]),
  { axis: 'image digest', order: 5, valueOf: (replica) => imageDigests(replica) },
  { axis: 'configuration', order: 6, valueOf: (replica) => configurationHash(replica) },
  { axis: 'kernel version', order: 7, valueOf: (_replica, node) => node?.status.nodeInfo.kernelVersion },
  { axis: 'kubelet version', order: 8, valueOf: (_replica, node) => node?.status.nodeInfo.kubeletVersion },
  { axis: 'container runtime', order: 9, valueOf: (_replica, node) => node?.status.nodeInfo.containerRuntimeVersion },
  { axis: 'operating system', order: 10, valueOf: (_replica, node) => node?.status.nodeInfo.osImage },
  { axis: 'architecture', order: 11, valueOf: (_replica, node) => node?.status.nodeInfo.architecture },
  labelAxis('instance type', 12, ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type']),
  labelAxis('capacity type', 13, [
    'karpenter.sh/capacity-type',
    'eks.amazonaws.com/capacityType',
    'cloud.google.com/gke-spot',
    'kubernetes.azure.com/scalesetpriority',
  ]),
  labelAxis('region', 14, ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region']),
  { axis: 'pod network', order: 15, valueOf: (_replica, node) => node?.spec.podCIDR },
  { axis: 'service account', order: 16, valueOf: (replica) => replica.pod.spec.serviceAccountName },
  { axis: 'namespace', order: 17, valueOf: (replica) => replica.pod.metadata.namespace },
];

function imageDigests(replica: Replica): string | undefined {
  const digests = replica.pod.status.containerStatuses.map((status) => /sha256:[0-9a-f]{12}/.exec(status.imageID ?? '')?.[0]);
  return digests.length > 0 && digests.every((digest) => digest !== undefined) ? digests.join(' ') : undefined;
}

/** Charts and operators write a hash of the mounted configuration into an annotation so that a change rolls the pods. */
function configurationHash(replica: Replica): string | undefined {
  const hashes = Object.entries(replica.pod.metadata.annotations).filter(([key]) =>
    /(^|[/.-])(checksum|config-hash|configmap-hash)|checksum\//i.test(key),
  );
  return hashes.length === 0
    ? undefined
    : hashes
        .map(([key, value]) => `${key}=${value.slice(0, 12)}`)
        .toSorted()
        .join(' ');
}
