import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pressureFindings } from '../../domain/node-pressure.ts';

export const diskPressure = defineFailureMode({
  id: 'disk-pressure',
  title: 'A node is running out of disk',
  role: 'cause',
  explanation: {
    whatItIs: 'A file system of the node is nearly full, so the kubelet removes images and evicts pods.',
    howItLooks: 'The node has DiskPressure; pods end as Evicted with "The node was low on resource: ephemeral-storage"; new pods avoid it.',
    whyItHappens: 'Logs or temporary files of a pod grow, images pile up, or something outside Kubernetes fills the disk.',
    whatStopsTheBleeding: 'Delete or move what fills the disk; cordon the node while it recovers.',
    whatFixesIt: 'Limit ephemeral storage of pods, rotate logs, and give images a disk of their own.',
    howToPreventIt: 'Alert on free space and free inodes of each node before the eviction threshold.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/'],
  needs: ['nodes'],
  helpedBy: ['replicas', 'pods', 'events'],
  explains: [
    'degraded-node-link',
    'taint-not-tolerated',
    'evicted-for-ephemeral-storage',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'node-not-ready',
    'daemonset-not-everywhere',
  ],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    pressureFindings({ concern: 'disk', resource: 'disk', evictedFor: /ephemeral-storage|nodefs|imagefs|inodes|disk/i }, facts),
  recognises: [
    {
      story: 'The node reports the condition.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                { type: 'DiskPressure', status: 'True', lastTransitionTime: minutesAgo(4) },
                { type: 'Ready', status: 'True' },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The condition has passed, but the node evicted a pod a few minutes ago.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            phase: 'Failed',
            isReady: false,
            startedMinutesAgo: 20,
            podStatus: {
              reason: 'Evicted',
              message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 4Gi, available: 3Gi.',
              conditions: [],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The node has enough.', given: { nodes: [exampleNode({ name: 'node-1' })], pods: [], events: [] } },
    {
      story: 'A pod was evicted last week, and its remains were never cleaned up.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            phase: 'Failed',
            isReady: false,
            startedMinutesAgo: 10080,
            podStatus: {
              reason: 'Evicted',
              message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 4Gi, available: 3Gi.',
              conditions: [],
            },
          }),
        ],
      },
    },
  ],
});
