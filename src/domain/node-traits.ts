import type { Node } from './kubernetes/node.ts';

/** A property of nodes that several of them share and that may make what runs there fail. */
export interface NodeTrait {
  /** "zone", "kernel version": a word for sentences, and the name of the axis. */
  readonly trait: string;
  /** Undefined: not known of this node. */
  readonly valueOf: (node: Node) => string | undefined;
}

/**
 * In the order in which people act on them. Labels are those that Kubernetes and the large providers document; the rest is
 * what the kubelet says of its machine in status.nodeInfo.
 */
export const nodeTraits: readonly NodeTrait[] = [
  labelled('zone', ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone']),
  labelled('node pool', [
    'cloud.google.com/gke-nodepool',
    'eks.amazonaws.com/nodegroup',
    'kubernetes.azure.com/agentpool',
    'agentpool',
    'karpenter.sh/nodepool',
    'node.openshift.io/machine-pool',
    'kops.k8s.io/instancegroup',
    'node-pool',
  ]),
  { trait: 'kernel version', valueOf: ({ status }) => status.nodeInfo.kernelVersion },
  { trait: 'kubelet version', valueOf: ({ status }) => status.nodeInfo.kubeletVersion },
  { trait: 'container runtime', valueOf: ({ status }) => status.nodeInfo.containerRuntimeVersion },
  { trait: 'operating system', valueOf: ({ status }) => status.nodeInfo.osImage },
  { trait: 'architecture', valueOf: ({ status }) => status.nodeInfo.architecture },
  labelled('instance type', ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type']),
  labelled('capacity type', [
    'karpenter.sh/capacity-type',
    'eks.amazonaws.com/capacityType',
    'cloud.google.com/gke-spot',
    'kubernetes.azure.com/scalesetpriority',
  ]),
  labelled('region', ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region']),
];

function labelled(trait: string, labels: readonly string[]): NodeTrait {
  return {
    trait,
    valueOf: (node) => labels.map((label) => node.metadata.labels[label]).find((value) => value !== undefined && value !== ''),
  };
}
