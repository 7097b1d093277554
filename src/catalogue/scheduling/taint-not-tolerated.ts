import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { missedByDaemons } from '../../domain/missed-by-daemons.ts';
import type { AtLeastOne } from '../../domain/sightings.ts';
import { type Unscheduled, unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** Every node that the pod might use carries a taint that it does not tolerate. */
export const taintNotTolerated = defineFailureMode({
  id: 'taint-not-tolerated',
  title: 'The nodes carry a taint that the pod does not tolerate',
  role: 'cause',
  explanation: {
    whatItIs: 'A taint keeps off every pod that does not tolerate it; all nodes that this pod might use carry one.',
    howItLooks: 'Pending, with "node(s) had untolerated taint {key: value}" for every node that matters.',
    whyItHappens: 'A node pool was dedicated to others, a taint was set by hand and forgotten, a chart lost its tolerations.',
    whatStopsTheBleeding: 'Remove the taint from one node, or add the toleration to the workload.',
    whatFixesIt: 'Decide whom the nodes are for, and let taints and tolerations say the same.',
    howToPreventIt: 'Keep at least one pool without taints, and set taints only where node pools are defined.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/'],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events', 'daemonsets', 'judged-alert'],
  explains: ['job-deadline-exceeded'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return [
      ...unscheduledFindings(waitingBecause('taint', facts), (group) => `it does not tolerate ${taintsOf(group)}`),
      ...missedByDaemons(facts),
    ];
  },

  recognises: [
    {
      story: 'A DaemonSet counts as complete, and the page says that the pool which it does not tolerate is without it.',
      given: daemonsOf('no logs from nodes of pool gpu-pool'),
      finds: [{ kind: 'DaemonSet', namespace: 'shop', name: 'agent' }],
    },
    {
      story: 'Both workers are dedicated to batch work.',
      given: {
        nodes: ['node-1', 'node-2'].map((name) =>
          exampleNode({ name, spec: { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] } }),
        ),
        pods: [exampleUnscheduled({ message: '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: batch}.' })],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Nodes could not be read; the control plane and the only worker are tainted.',
      given: {
        pods: [
          exampleUnscheduled({
            message:
              '0/2 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) had untolerated taint {gpu: only}.',
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    { story: 'A DaemonSet is not on a dedicated pool, and the page is about something else.', given: daemonsOf('restarts too often') },
    {
      story: 'The taint says that the node does not report: that is the trouble, and not the toleration.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            isReady: false,
            spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] },
          }),
        ],
        pods: [
          exampleUnscheduled({ message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.' }),
        ],
      },
    },
    {
      story: 'The control plane is off limits as everywhere, and the worker is too small.',
      given: {
        nodes: [
          exampleNode({ name: 'control', spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } }),
          exampleNode({ name: 'node-1' }),
        ],
        pods: [
          exampleUnscheduled({
            message:
              '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
            container: { resources: { requests: { cpu: '9' } } },
          }),
        ],
      },
    },
  ],
});

function taintsOf(group: AtLeastOne<Unscheduled>): string {
  const found = group.flatMap((each) =>
    each.obstacles.flatMap(({ obstacle }) =>
      obstacle.kind === 'taint' ? [`${obstacle.key}${obstacle.value === '' ? '' : `=${obstacle.value}`}:${obstacle.effect}`] : [],
    ),
  );
  const names = [...new Set(found.length > 0 ? found : group.flatMap((each) => each.told.flatMap((part) => part.detail ?? [])))];
  return names.length === 0 ? 'their taint' : `the taint ${names.slice(0, 3).join(' or ')}`;
}

function daemonsOf(summary: string): ExampleEvidence {
  const page = exampleJudgedAlert('real', { namespace: 'shop', daemonset: 'agent' });
  return {
    daemonsets: [
      {
        metadata: { name: 'agent', namespace: 'shop' },
        status: { desiredNumberScheduled: 1, currentNumberScheduled: 1, numberAvailable: 1 },
      },
    ],
    nodes: [
      exampleNode({ name: 'node-1', labels: { agentpool: 'default-pool' } }),
      exampleNode({
        name: 'node-2',
        labels: { agentpool: 'gpu-pool' },
        spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
      }),
    ],
    pods: [examplePod({ name: 'agent-a', owner: { kind: 'DaemonSet', name: 'agent' } })],
    'judged-alert': { ...page, alert: { ...page.alert, summary } },
  };
}
