import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pressureFindings } from '../../domain/node-pressure.ts';

export const pidPressure = defineFailureMode({
  id: 'pid-pressure',
  title: 'A node is running out of process numbers',
  role: 'cause',
  explanation: {
    whatItIs: 'So many processes and threads exist on the node that the kernel will soon refuse new ones.',
    howItLooks:
      'The node has PIDPressure; pods end as Evicted with "The node was low on resource: pids"; programs fail with "resource temporarily unavailable".',
    whyItHappens: 'A program leaks threads or children, or health checks by command leave zombies behind.',
    whatStopsTheBleeding: 'Restart or move the pod that leaks; cordon the node while it recovers.',
    whatFixesIt: 'Repair the leak and set a limit of processes for each pod (podPidsLimit).',
    howToPreventIt: 'Set podPidsLimit on every node and alert on its use.',
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
  recognise: (facts) => pressureFindings({ concern: 'processes', resource: 'process numbers', evictedFor: /\bpids?\b|process/i }, facts),
  recognises: [
    {
      story: 'The node reports the condition.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                { type: 'PIDPressure', status: 'True', lastTransitionTime: minutesAgo(4) },
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
              message: 'The node was low on resource: pids. Threshold quantity: 1k, available: 200.',
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
              message: 'The node was low on resource: pids. Threshold quantity: 1k, available: 200.',
              conditions: [],
            },
          }),
        ],
      },
    },
  ],
});
