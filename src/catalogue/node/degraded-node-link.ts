import { citeNodeCommand, citeObject, type Claim, claimFromAll } from '../../domain/citation.ts';
import { chanceOfOnePlace } from '../../domain/chance-of-place.ts';
import { groupBy } from '../../domain/collection.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import { readyOf } from '../../domain/node-conditions.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import type { Replica, Replicas } from '../../domain/replica.ts';
import { sharedPlace } from '../../domain/replica-place.ts';
import { subjectKey } from '../../domain/subject.ts';

export const degradedNodeLink = defineFailureMode({
  id: 'degraded-node-link',
  title: 'A node is Ready, but only pods on it fail',
  role: 'cause',
  explanation: {
    whatItIs:
      "Something on the way from or to one node is broken although the node reports itself Ready: the kubelet's heartbeat takes another path than the pods' traffic.",
    howItLooks: 'Replicas of several workloads fail on this node only, while the same replicas are healthy on others.',
    whyItHappens: 'A bad network interface or cable, a broken route or firewall rule on one machine, or trouble that no condition reports.',
    whatStopsTheBleeding: 'Cordon the node and move the failing pods to other nodes; look for the reason afterwards.',
    whatFixesIt: 'Find out with probes what the node cannot reach, and repair or replace the machine.',
    howToPreventIt: 'Probe pod-to-pod and pod-to-Service connections from every node, instead of trusting Ready.',
  },
  sources: ['https://kubernetes.io/docs/tasks/debug/debug-cluster/', 'https://kubernetes.io/docs/reference/node/node-status/#condition'],
  needs: ['nodes', 'replicas'],
  helpedBy: ['node-reports'],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'dns-failing',
    'dns-name-wrong',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
    'packet-loss-on-node',
  ],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      if (readyOf(node)?.status !== 'True') return [];
      const groups = failingOnlyHere(node, facts.replicas);
      const report = facts['node-reports']?.find((each) => each.node === node.metadata.name);
      const link = linkClaims(report, facts.now);
      if (groups.length < 2 && (link.length === 0 || groups.length === 0)) return [];
      const weight: Weight = link.length > 0 || isNoChance(groups, facts.replicas) ? 'strong' : 'suggestive';
      const failing = groups.flat();
      const alike = claimFromAll(
        `${failing.length} failing replicas of ${groups.length} ${groups.length === 1 ? 'workload sits' : 'workloads sit'} on ${node.metadata.name}; their siblings elsewhere are healthy.`,
        failing.slice(0, 5).map(({ pod, troubles }) => citeObject(pod, `on ${node.metadata.name}: ${troubles[0]?.reason ?? 'not Ready'}`)),
      );
      const [first, ...more] = [...link, ...(alike === undefined ? [] : [alike])];
      if (first === undefined) return [];
      const since = failing.flatMap((replica) => replica.failingSince ?? []);
      return [
        nodeFinding(
          {
            node: node.metadata.name,
            weight,
            because: [first, ...more],
            since: since.length === 0 ? undefined : Math.min(...since),
            suffering: failing,
            wouldSettle: [
              `From a pod on ${node.metadata.name} and from one on another node: reach a pod of a third node by its address, a Service by its ClusterIP, and a name by DNS. What fails only from here names the layer.`,
            ],
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'Replicas of two workloads fail on node-1 alone.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: ['cart-1', 'pay-1'].flatMap((stem) => [
          examplePod({
            name: `${stem}-a`,
            isReady: false,
            startedMinutesAgo: 300,
            podStatus: {
              conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: minutesAgo(6) }],
            },
          }),
          examplePod({ name: `${stem}-b`, node: 'node-2' }),
        ]),
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'One workload fails on both nodes.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [
          examplePod({ name: 'cart-1-a', isReady: false }),
          examplePod({ name: 'cart-1-b', node: 'node-2', isReady: false }),
          examplePod({ name: 'pay-1-a', isReady: false }),
          examplePod({ name: 'pay-1-b', node: 'node-2' }),
        ],
      },
    },
    {
      story: 'Two workloads have a single replica each, which both happen to sit on node-1: nothing healthy to compare with.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false }), examplePod({ name: 'pay-1-a', isReady: false })],
      },
    },
  ],
});

/** Failing replicas of each workload all of whose failing replicas sit on this node while twins elsewhere are healthy. */
function failingOnlyHere(node: Node, replicas: Replicas): readonly (readonly Replica[])[] {
  const here = replicas
    .onNode(node.metadata.name)
    .filter((replica) => replica.health === 'failing' && replica.workload.kind !== 'Pod' && isOfTheNode(replica));
  return [...groupBy(here, (replica) => subjectKey(replica.workload)).values()].filter((group) => {
    const [first] = group;
    const all = first === undefined ? [] : replicas.ofWorkload(first.workload).filter((replica) => replica.health === 'failing');
    return all.length === group.length && sharedPlace(all, replicas, undefined) !== undefined;
  });
}

/** The level at which the blast radius calls an axis one that separates. */
const significance = 0.05;

/** So many workloads lose only what they have on this node that they do not meet there by chance. */
function isNoChance(groups: readonly (readonly Replica[])[], replicas: Replicas): boolean {
  const all = groups.flatMap((group) => (group[0] === undefined ? [] : replicas.ofWorkload(group[0].workload)));
  const strata = groups.map((group) => {
    const members = group[0] === undefined ? [] : replicas.ofWorkload(group[0].workload).filter(isCounted);
    const there = members.filter(({ pod }) => pod.spec.nodeName === group[0]?.pod.spec.nodeName);
    return { failing: group.length, members: members.length, membersThere: there.length };
  });
  return chanceOfOnePlace(strata, new Set(all.flatMap(({ pod }) => pod.spec.nodeName ?? [])).size) <= significance;
}

function isCounted({ health }: Replica): boolean {
  return health === 'failing' || health === 'healthy';
}

/** Trouble that a node can make. An image that does not exist, a missing key or a kill at the pod's own limit is not the node's. */
function isOfTheNode(replica: Replica): boolean {
  return replica.troubles.every((trouble) => !/image|config|oomkilled/i.test(trouble.reason));
}

/** Errors on an interface in use, or a link that went down lately. */
function linkClaims(report: NodeReport | undefined, now: number): readonly Claim[] {
  if (report === undefined) return [];
  const down = report.findings.filter(
    (each) =>
      each.kind === 'link-down' &&
      each.at !== undefined &&
      now - each.at < millisecondsPerHour &&
      !/veth|cali|lxc|docker|cni/.test(each.line),
  );
  const stated = claimFromAll(
    `A link of ${report.node} went down within the hour: "${down[0]?.line.slice(0, 160) ?? ''}".`,
    down.slice(0, 2).map((each) => citeNodeCommand(report.node, each.command, each.line.slice(0, 200))),
  );
  return stated === undefined ? [] : [stated];
}
