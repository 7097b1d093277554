import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { PodSpec } from '../../domain/kubernetes/pod-template.ts';
import { unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** No node at all has the labels that the pod insists on. */
export const nodeSelectorOrAffinityMatchesNothing = defineFailureMode({
  id: 'node-selector-or-affinity-matches-nothing',
  title: 'No node has the labels that the pod insists on',
  role: 'cause',
  explanation: {
    whatItIs: 'The nodeSelector or the required node affinity of the template names labels that no node carries.',
    howItLooks: 'Pending, with "node(s) didn\'t match Pod\'s node affinity/selector" for every node.',
    whyItHappens: 'A typing error, a label that a node pool lost when it was replaced, a selector copied from another cluster.',
    whatStopsTheBleeding: 'Label a fitting node, or roll back to the revision that finds nodes.',
    whatFixesIt: 'Correct the selector, or label the node pool where it is defined.',
    howToPreventIt: 'Select by labels that the provider sets, and check templates against the nodes of the target cluster.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/'],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: ['job-deadline-exceeded'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return unscheduledFindings(waitingBecause('selector', facts), ([first]) => `no node matches ${wanted(first.replica.pod.spec)}`);
  },

  recognises: [
    {
      story: 'The selector names a label that no node has.',
      given: {
        nodes: [
          exampleNode({ name: 'node-1' }),
          exampleNode({ name: 'control', spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } }),
        ],
        pods: [
          exampleUnscheduled({
            message:
              "0/2 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) didn't match Pod's node affinity/selector.",
            spec: { nodeSelector: { disk: 'ssd' } },
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Nodes could not be read, and the scheduler says it of all of them.',
      given: { pods: [exampleUnscheduled({ message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector." })] },
    },
  ],
  isNotFooledBy: [
    {
      story: 'One node matches and is cordoned.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', labels: { disk: 'ssd' }, spec: { unschedulable: true } })],
        pods: [
          exampleUnscheduled({
            message: "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) didn't match Pod's node affinity/selector.",
            spec: { nodeSelector: { disk: 'ssd' } },
          }),
        ],
      },
    },
    {
      story: 'One node matches and is full.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', labels: { disk: 'ssd' } })],
        pods: [
          examplePod({ name: 'other', node: 'node-2', container: { resources: { requests: { cpu: '4' } } } }),
          exampleUnscheduled({
            message: "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
            spec: { nodeSelector: { disk: 'ssd' } },
            container: { resources: { requests: { cpu: '1' } } },
          }),
        ],
      },
    },
    {
      story: 'The label was removed after the pod had started: running pods stay.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-7f9-a', spec: { nodeSelector: { disk: 'ssd' } } })],
      },
    },
  ],
});

function wanted(spec: PodSpec): string {
  const pairs = Object.entries(spec.nodeSelector).map(([key, value]) => `${key}=${value}`);
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const spoken = terms.map((term) =>
    [...term.matchExpressions, ...term.matchFields]
      .map((each) => `${each.key} ${each.operator}${each.values.length === 0 ? '' : ` (${each.values.join(', ')})`}`)
      .join(' and '),
  );
  return [...pairs, ...(spoken.length > 0 ? [spoken.join(' or ')] : [])].join(' and ') || 'its node selector or affinity';
}
