import { citeObject, claim } from '../../domain/citation.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { exampleNode, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** The nodes that would take the pod are cordoned. */
export const matchingNodesCordoned = defineFailureMode({
  id: 'matching-nodes-cordoned',
  title: 'The nodes that would take the pod are cordoned',
  role: 'cause',
  explanation: {
    whatItIs: 'Somebody, or some automation, marked the nodes as unschedulable; nothing else keeps the pod from them.',
    howItLooks: 'Pending, with "node(s) were unschedulable"; `kubectl get nodes` shows SchedulingDisabled.',
    whyItHappens: 'A drain or repair that was never finished, a forgotten cordon after an incident, an upgrade that is stuck.',
    whatStopsTheBleeding: 'Uncordon a node that is known to be whole.',
    whatFixesIt: 'Find out why the node was cordoned before opening it; finish or undo the maintenance.',
    howToPreventIt: 'Alert on nodes that stay cordoned for longer than a maintenance takes.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration',
    'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
  ],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: ['volume-pinned-elsewhere', 'job-deadline-exceeded'],
  mitigations: ['uncordon-node'],

  recognise(facts) {
    return unscheduledFindings(
      waitingBecause('cordon', facts),
      (group) => {
        const names = [...new Set(group.flatMap((each) => each.obstacles.map(({ node }) => node)))];
        return `${names.length === 0 ? 'the nodes in question are' : names.length === 1 ? `${names[0]} would take it and is` : `${names.slice(0, 4).join(', ')} would take it and are`} cordoned`;
      },
      (group) => {
        const nodes = [...new Set(group.flatMap((each) => each.obstacles.map(({ node }) => node)))].flatMap(
          (name) => facts.nodes?.named(undefined, name) ?? [],
        );
        const writers = nodes.flatMap((node) => {
          const write = node.metadata.managedFields.find((each) => each.paths.includes('spec.unschedulable'));
          return write?.at === undefined
            ? []
            : [
                claim(
                  `${node.metadata.name} was cordoned by ${write.manager ?? 'an unnamed client'}.`,
                  citeObject(node, 'metadata.managedFields: spec.unschedulable', write.at),
                ),
              ];
        });
        return { contributing: writers.slice(0, 4) };
      },
    );
  },

  recognises: [
    {
      story: 'The only worker was drained and never opened again.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
          }),
          exampleNode({ name: 'control', spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } }),
        ],
        pods: [
          exampleUnscheduled({
            message:
              '0/2 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable.',
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Of the two nodes, only the cordoned one matches.',
      given: {
        nodes: [exampleNode({ name: 'node-1', labels: { disk: 'ssd' }, spec: { unschedulable: true } }), exampleNode({ name: 'node-2' })],
        pods: [
          exampleUnscheduled({
            message: "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable.",
            spec: { nodeSelector: { disk: 'ssd' } },
          }),
        ],
      },
    },
    {
      story: 'The other node is full, and this one was cordoned ten minutes ago.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            spec: {
              unschedulable: true,
              taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(10) }],
            },
          }),
          exampleNode({ name: 'node-2', status: { allocatable: { cpu: '1', pods: '10' } } }),
        ],
        pods: [
          exampleUnscheduled({
            message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
            container: { resources: { requests: { cpu: '2' } } },
          }),
        ],
      },
    },
    {
      story: 'The open node is full, and the one that was drained a day ago has room for both pods.',
      given: fullBeside(['cart-7f9-a', 'cart-7f9-b'], '4'),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A cordoned spare node, and everything has its place.',
      given: { nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })], pods: [] },
    },
    {
      story: 'A cordoned node that would be too small as well.',
      given: {
        nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } }), exampleNode({ name: 'node-2' })],
        pods: [
          exampleUnscheduled({
            message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
            container: { resources: { requests: { cpu: '9' } } },
          }),
        ],
      },
    },
  ],
});

/** node-1, with four cores free, was cordoned a day ago; node-2 is full; the pods ask for two cores each. */
function fullBeside(names: readonly string[], cores: string): ExampleEvidence {
  const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(30 * 60) }];
  return {
    nodes: [
      exampleNode({ name: 'node-1', spec: { unschedulable: true, taints }, status: { allocatable: { cpu: cores, pods: '10' } } }),
      exampleNode({ name: 'node-2', status: { allocatable: { cpu: '1', pods: '10' } } }),
    ],
    pods: names.map((name) =>
      exampleUnscheduled({
        name,
        message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
        container: { resources: { requests: { cpu: '2' } } },
      }),
    ),
  };
}
