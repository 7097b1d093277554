import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** The pod insists on being apart from, or together with, other pods, and no node that is open to it allows that. */
export const antiAffinityCannotBeMet = defineFailureMode({
  id: 'anti-affinity-cannot-be-met',
  title: 'Required distance from, or nearness to, other pods cannot be had',
  role: 'cause',
  explanation: {
    whatItIs: 'A required pod anti-affinity (or affinity) rules out every node that is otherwise open to the pod.',
    howItLooks: 'Pending, with "didn\'t match pod anti-affinity rules" or "didn\'t match pod affinity rules".',
    whyItHappens:
      'More replicas than nodes or zones while each must stand alone; a surge replica of a rollout; a lost or cordoned node; a partner that is not there.',
    whatStopsTheBleeding: 'Add or uncordon a node; or scale to as many replicas as there are nodes.',
    whatFixesIt: 'Prefer distance instead of requiring it, or spread by topology with a skew; let rollouts replace instead of surge.',
    howToPreventIt: 'Keep one node more than replicas that must stand alone.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity'],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: [],
  mitigations: ['uncordon-node', 'roll-back-workload'],

  recognise(facts) {
    return [
      ...unscheduledFindings(
        waitingBecause('anti-affinity', facts),
        () => 'on each node that is open to it stands a pod from which it must keep apart',
      ),
      ...unscheduledFindings(waitingBecause('affinity', facts), () => 'no node that is open to it has the pod beside which it must stand'),
    ];
  },

  recognises: [
    {
      story: 'Two nodes, and the third replica must not share one.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [
          ...['node-1', 'node-2'].map((node) =>
            examplePod({ name: `cart-7f9-${node.replace('-', '')}`, node, labels: { 'pod-template-hash': '7f9' } }),
          ),
          exampleUnscheduled({ message: "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.", spec: apart() }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The partner is nowhere; nodes could not be read.',
      given: { pods: [exampleUnscheduled({ message: "0/3 nodes are available: 3 node(s) didn't match pod affinity rules." })] },
    },
  ],
  isNotFooledBy: [
    {
      story: 'Distance is required, and the free node is too small.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          exampleUnscheduled({
            message: '0/1 nodes are available: 1 Insufficient cpu.',
            spec: apart(),
            container: { resources: { requests: { cpu: '9' } } },
          }),
        ],
      },
    },
    {
      story: 'Two replicas on two nodes.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-7f9-a', spec: apart() }), examplePod({ name: 'cart-7f9-b', node: 'node-2', spec: apart() })],
      },
    },
  ],
});

function apart(): { readonly [field: string]: unknown } {
  return {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { app: 'cart' } }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
  };
}
