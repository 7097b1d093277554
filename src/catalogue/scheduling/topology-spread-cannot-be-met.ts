import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** One more replica anywhere would make the spread over zones or nodes more uneven than the template allows. */
export const topologySpreadCannotBeMet = defineFailureMode({
  id: 'topology-spread-cannot-be-met',
  title: 'The required spread over zones or nodes cannot be had',
  role: 'cause',
  explanation: {
    whatItIs: 'A topology spread constraint with DoNotSchedule rules out every node that is otherwise open to the pod.',
    howItLooks: 'Pending, with "didn\'t match pod topology spread constraints" for the nodes that have room.',
    whyItHappens:
      'A zone without room or with all its nodes cordoned still counts, and holds back all others; nodes lack the label of the topology.',
    whatStopsTheBleeding: 'Make room in the zone that has fewest replicas, or uncordon its nodes.',
    whatFixesIt: 'Allow a larger skew, or use ScheduleAnyway where waiting is worse than unevenness.',
    howToPreventIt: 'Try the constraint with one zone switched off.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/'],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: [],
  mitigations: ['uncordon-node', 'roll-back-workload'],

  recognise(facts) {
    return unscheduledFindings(waitingBecause('spread', facts), ([first]) => {
      const keys = [...new Set(first.replica.pod.spec.topologySpreadConstraints.flatMap((each) => each.topologyKey ?? []))];
      return `one more on any node that is open to it would make the spread${keys.length === 0 ? '' : ` over ${keys.join(', ')}`} too uneven`;
    });
  },

  recognises: [
    {
      story: 'The zone that has no replica yet has only a cordoned node.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', zone: 'zone-b', spec: { unschedulable: true } })],
        pods: [
          examplePod({ name: 'cart-7f9-b', labels: { 'pod-template-hash': '7f9' } }),
          exampleUnscheduled({
            message: "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) were unschedulable.",
            spec: spread(),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Nodes could not be read.',
      given: {
        pods: [
          exampleUnscheduled({
            message: "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label).",
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The spread is only wished for.',
      given: {
        nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })],
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 node(s) were unschedulable.', spec: spread('ScheduleAnyway') })],
      },
    },
    {
      story: 'All replicas have their place.',
      given: { nodes: [exampleNode({ name: 'node-1' })], pods: [examplePod({ name: 'cart-7f9-a', spec: spread() })] },
    },
  ],
});

function spread(whenUnsatisfiable = 'DoNotSchedule'): { readonly [field: string]: unknown } {
  return {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable, labelSelector: { matchLabels: { app: 'cart' } } },
    ],
  };
}
