import { citeObject, claimFromAll } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import { isJoining, readyOf } from '../../domain/node-conditions.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Replicas } from '../../domain/replica.ts';

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
  needs: ['replicas'],
  helpedBy: ['nodes'],
  explains: ['all-endpoints-unready'],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes === undefined
      ? seenInPods(facts.replicas)
      : facts.nodes.all.flatMap((node): readonly Finding[] => {
          const ready = readyOf(node);
          if (ready?.status === undefined || ready.status === 'True' || node.metadata.deletionTimestamp !== undefined) return [];
          if (isJoining(node, facts.now)) return [];
          const says =
            ready.status === 'Unknown'
              ? `Node ${node.metadata.name} has stopped reporting.`
              : `Node ${node.metadata.name} reports that it is not Ready.`;
          return [
            nodeFinding(
              {
                node: node.metadata.name,
                weight: 'conclusive',
                because: [conditionClaim(node, ready, says)],
                since: ready.lastTransitionTime,
              },
              facts.replicas,
            ),
          ];
        }),
  recognises: [
    {
      story: 'The kubelet says that it is not ready.',
      given: {
        pods: [],
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
    {
      story: 'Nodes may not be read; a pod whose containers are ready is not.',
      given: { pods: [lost([{ type: 'ContainersReady', status: 'True' }])] },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Nodes may not be read; a pod waits for a condition of its own beside its containers.',
      given: { pods: [lost([], { readinessGates: [{ conditionType: 'target-health.example/ready' }] })] },
    },
    {
      story: 'The node is Ready and cordoned.',
      given: { pods: [], nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } })] },
    },
    {
      story: 'The machine joined the cluster a minute ago and its network plugin is still starting.',
      given: {
        pods: [],
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
    {
      story: 'A bundle left the conditions out.',
      given: { pods: [], nodes: [exampleNode({ name: 'node-1', status: { conditions: [] } })] },
    },
  ],
});

/**
 * Where nodes cannot be read, their pods tell: only the control plane takes Ready away from a pod whose containers are
 * ready, and it does so for a node that is not. Source: kubernetes/pkg/controller/util/node, MarkPodsNotReady.
 */
function seenInPods(replicas: Replicas): readonly Finding[] {
  const lostOnes = replicas.failing.filter(({ troubles }) => troubles.some(({ kind }) => kind === 'lost'));
  return [...groupBy(lostOnes, ({ pod }) => pod.spec.nodeName)].flatMap(([node, group]): readonly Finding[] => {
    const because = claimFromAll(
      `${group.length === 1 ? 'A pod' : `${group.length} pods`} on ${node ?? '?'} ${group.length === 1 ? 'is' : 'are'} not Ready although their containers are: so the control plane treats the pods of a node that is not Ready.`,
      group.slice(0, 5).map(({ pod, failingSince }) => citeObject(pod, 'Ready: False with ready containers', failingSince)),
    );
    const since = group.flatMap(({ failingSince }) => failingSince ?? []);
    if (node === undefined || because === undefined) return [];
    return [
      nodeFinding({ node, weight: 'strong', because: [because], since: since.length === 0 ? undefined : Math.min(...since) }, replicas),
    ];
  });
}

function lost(conditions: readonly object[], spec: RawObject = {}): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-1-a',
    isReady: true,
    startedMinutesAgo: 300,
    spec,
    podStatus: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(4) }, ...conditions] },
  });
}
