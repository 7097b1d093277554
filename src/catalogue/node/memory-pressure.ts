import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pressureFindings } from '../../domain/node-pressure.ts';

export const memoryPressure = defineFailureMode({
  id: 'memory-pressure',
  title: 'A node is running out of memory',
  role: 'cause',
  explanation: {
    whatItIs: 'The node has so little free memory that the kubelet evicts pods to protect it.',
    howItLooks: 'The node has MemoryPressure; pods end as Evicted with "The node was low on resource: memory"; new pods avoid it.',
    whyItHappens: 'Pods use more than they request, limits are far above requests, or something outside Kubernetes uses the memory.',
    whatStopsTheBleeding: 'Move the pod that grows, or scale it down; cordon the node while it recovers.',
    whatFixesIt: 'Set requests to what pods really use, and reserve memory for the system.',
    howToPreventIt: 'Alert on the memory that is available on each node, and keep limits near requests.',
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
  recognise: (facts) => pressureFindings({ concern: 'memory', resource: 'memory', evictedFor: /memory/i }, facts),
  recognises: [
    {
      story: 'The node reports the condition.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                { type: 'MemoryPressure', status: 'True', lastTransitionTime: minutesAgo(4) },
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
              message:
                'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container app was using 3Gi, request is 256Mi.',
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
              message:
                'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container app was using 3Gi, request is 256Mi.',
              conditions: [],
            },
          }),
        ],
      },
    },
  ],
});
