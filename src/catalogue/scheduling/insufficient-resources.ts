import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { AtLeastOne } from '../../domain/sightings.ts';
import { type Unscheduled, unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** The nodes that are open to the pod have not enough left of what it asks for: cpu, memory, devices, storage, pod slots or places for volumes. */
export const insufficientResources = defineFailureMode({
  id: 'insufficient-resources',
  title: 'No node has enough left of what the pod asks for',
  role: 'cause',
  explanation: {
    whatItIs: 'The scheduler adds up what the pods on each node asked for; on none is enough left for this one, whatever is really used.',
    howItLooks:
      'Pending, with "Insufficient cpu", "Insufficient memory", "Insufficient nvidia.com/gpu", "Too many pods" or "exceed max volume count" in the PodScheduled condition.',
    whyItHappens:
      'More replicas than the cluster has room for, requests larger than any node, a node that went away, requests far above use, a cluster autoscaler at its limit.',
    whatStopsTheBleeding: 'Add nodes, or take requests away from what matters less; uncordon nodes that are whole.',
    whatFixesIt: 'Size requests from measured use, and give the node pool room to grow for the peak and for one lost node.',
    howToPreventIt: 'Alert on unschedulable pods and on the share of requests in what nodes can give.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    'https://kubernetes.io/docs/concepts/storage/storage-limits/',
  ],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: ['job-deadline-exceeded'],
  mitigations: ['uncordon-node', 'roll-back-workload'],

  recognise(facts) {
    return [
      ...unscheduledFindings(waitingBecause('resources', facts), (group) => `no node that is open to it has enough ${lacking(group)} left`),
      ...unscheduledFindings(
        waitingBecause('volume-limit', facts),
        () => 'every node that is open to it holds as many volumes as its machine or driver can attach',
      ),
    ];
  },

  recognises: [
    {
      story: 'Both workers are full by requests; the scheduler says so.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [
          ...['node-1', 'node-2'].map((node) =>
            examplePod({ name: `other-${node}`, node, container: { resources: { requests: { cpu: '3500m' } } } }),
          ),
          exampleUnscheduled({
            message: '0/2 nodes are available: 2 Insufficient cpu.',
            container: { resources: { requests: { cpu: '1' } } },
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'No node has a GPU; nodes could not be read.',
      given: {
        pods: [
          exampleUnscheduled({
            message:
              '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient nvidia.com/gpu.',
          }),
        ],
      },
    },
    {
      story: 'Only the event tells.',
      given: {
        pods: [exampleUnscheduled({ message: '' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedScheduling',
            message: '0/3 nodes are available: 3 Insufficient memory.',
          }),
        ],
      },
    },
    {
      story: 'The scheduler finds no pod slot on any node, although not all pods that take them could be read.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 Too many pods.' })],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'There is processor and memory, but no node can attach one more volume.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [exampleUnscheduled({ message: '0/2 nodes are available: 2 node(s) exceed max volume count.' })],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'No message was kept; adding up shows it.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [exampleUnscheduled({ message: '', container: { resources: { requests: { memory: '64Gi' } } } })],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The only free node is cordoned, and there is no other.',
      given: {
        nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })],
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 node(s) were unschedulable.' })],
      },
    },
    {
      story: 'It waits for its volume.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.' })],
      },
    },
    {
      story: 'A full cluster in which everything has its place.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-7f9-a', container: { resources: { requests: { cpu: '4' } } } })],
      },
    },
  ],
});

function lacking(group: AtLeastOne<Unscheduled>): string {
  const told = group.flatMap((each) => each.told.flatMap((part) => part.detail ?? []));
  const found = group.flatMap((each) =>
    each.obstacles.flatMap(({ obstacle }) =>
      obstacle.kind === 'resources' ? [obstacle.resource] : obstacle.kind === 'pod-slots' ? ['pods'] : [],
    ),
  );
  const names = [...new Set([...told, ...found])];
  return names.length === 0
    ? 'of what it asks for'
    : names
        .map((name) => (name === 'pods' ? 'pod slots' : name))
        .slice(0, 4)
        .join(' or ');
}
