import { conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import { isJoining, readyOf } from '../../domain/node-conditions.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';

export const nodeNotReady = defineFailureMode({
  id: 'node-not-ready',
  title: 'A node is not Ready',
  role: 'symptom',
  explanation: {
    whatItIs: 'The control plane does not count on the node: its kubelet says that it cannot run pods, or has not reported at all.',
    howItLooks: '`kubectl get nodes` shows NotReady; its pods become unready, and after five minutes are deleted and made elsewhere.',
    whyItHappens: 'The kubelet, the container runtime or the pod network on it has stopped, or the machine is gone.',
    whatStopsTheBleeding: 'Make sure that its pods run elsewhere; cordon it until the reason is known.',
    whatFixesIt: "Repair what the condition's message names; look at the kubelet and the runtime on the machine.",
    howToPreventIt: 'Spread replicas over nodes, and watch the kubelet and the runtime on each machine.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/node/node-status/#condition',
    'https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas'],
  explains: ['all-endpoints-unready'],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const ready = readyOf(node);
      if (ready?.status === undefined || ready.status === 'True' || node.metadata.deletionTimestamp !== undefined) return [];
      if (isJoining(node, facts.now)) return [];
      const says =
        ready.status === 'Unknown'
          ? `Node ${node.metadata.name} has stopped reporting.`
          : `Node ${node.metadata.name} reports that it is not Ready.`;
      return [
        nodeFinding(
          { node: node.metadata.name, weight: 'conclusive', because: [conditionClaim(node, ready, says)], since: ready.lastTransitionTime },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'The kubelet says that it is not ready.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'KubeletNotReady',
                  message: 'node is shutting down',
                  lastTransitionTime: minutesAgo(3),
                },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The node is Ready and cordoned.', given: { nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })] } },
    {
      story: 'The machine joined the cluster a minute ago and its network plugin is still starting.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-9',
            createdMinutesAgo: 1,
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'KubeletNotReady',
                  message: 'cni plugin not initialized',
                  lastTransitionTime: minutesAgo(1),
                },
              ],
            },
          }),
        ],
      },
    },
    { story: 'A bundle left the conditions out.', given: { nodes: [exampleNode({ name: 'node-1', status: { conditions: [] } })] } },
  ],
});
