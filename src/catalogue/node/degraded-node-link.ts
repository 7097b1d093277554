import { citeNodeCommand, citeObject, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import { type FailingPlace, failingNodes, failingTraits } from '../../domain/failing-place.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { readyOf } from '../../domain/node-conditions.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import type { Replica, Replicas } from '../../domain/replica.ts';
import { subject } from '../../domain/subject.ts';

export const degradedNodeLink = defineFailureMode({
  id: 'degraded-node-link',
  title: 'Pods fail on certain nodes only, which are Ready',
  role: 'cause',
  explanation: {
    whatItIs:
      "Something about one node, or about all nodes of a zone, a pool or a kind, is broken although they report themselves Ready: the kubelet's heartbeat takes another path than the pods' traffic.",
    howItLooks: 'Replicas of several workloads fail on these nodes only, while the same replicas are healthy on others.',
    whyItHappens:
      'A bad network interface or cable, a broken route or firewall rule of a machine or a zone, a limit of the kernel, a version that does not fit, or trouble that no condition reports.',
    whatStopsTheBleeding: 'Cordon the node and move the failing pods to other nodes; look for the reason afterwards.',
    whatFixesIt: 'Find out with probes what the node cannot reach, and repair or replace the machine.',
    howToPreventIt: 'Probe pod-to-pod and pod-to-Service connections from every node, instead of trusting Ready.',
  },
  sources: ['https://kubernetes.io/docs/tasks/debug/debug-cluster/', 'https://kubernetes.io/docs/reference/node/node-status/#condition'],
  needs: ['nodes', 'replicas'],
  helpedBy: ['node-reports', 'log-clues'],
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
  recognise(facts): readonly Finding[] {
    const ready = facts.nodes.all.filter((node) => readyOf(node)?.status === 'True');
    const alone = failingNodes(ready, facts.replicas);
    const links = ready.flatMap((node): readonly Finding[] => {
      const [place] = alone.filter(({ nodes }) => nodes.includes(node));
      const link = linkClaims(
        facts['node-reports']?.find((each) => each.node === node.metadata.name),
        facts.now,
      );
      return place === undefined || (link.length === 0 && !isTelling(place)) ? [] : [findingAt(place, link, facts)];
    });
    const told = new Set(links.flatMap(({ subject: { name } }) => name));
    const alike = failingTraits(ready, facts.replicas).filter(
      (place) => isTelling(place) && !place.nodes.every(({ metadata }) => told.has(metadata.name)),
    );
    return [...links, ...alike.map((place) => findingAt(place, [], facts))];
  },
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
    {
      story: 'Replicas of two workloads fail in one zone, which has two nodes.',
      given: inZones({ failing: ['cart-a', 'cart-b', 'pay-b'], healthy: ['cart-c', 'cart-d', 'pay-c'] }),
      finds: [{ kind: 'NodeGroup', name: 'zone west-1' }],
    },
    {
      story: 'Whatever has replicas on nodes with the newer kernel fails there.',
      given: withKernels(['cart', 'pay']),
      finds: [{ kind: 'NodeGroup', name: 'kernel version 6.12.9' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'One of the workloads has a healthy replica in the zone, and the other fails on one node of it.',
      given: inZones({ failing: ['cart-a', 'pay-b'], healthy: ['cart-b', 'cart-c', 'pay-c'] }),
    },
    {
      story: 'All replicas of a single workload with the newer kernel fail: that separates them, and says nothing of other workloads.',
      given: withKernels(['cart']),
    },
    {
      story: 'Two replicas of one workload happen to fail in the same zone.',
      given: inZones({ failing: ['cart-a', 'cart-b'], healthy: ['cart-c', 'cart-d', 'pay-a', 'pay-c'] }),
    },
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

/** The level at which the blast radius calls an axis one that separates. */
const significance = 0.05;

/** One workload may have something at that place which is its own; that several lose what they have there is the place's doing. */
function isTelling({ groups }: FailingPlace): boolean {
  return groups.length > 1;
}

function findingAt(
  place: FailingPlace,
  link: readonly Claim[],
  facts: { readonly replicas: Replicas; readonly 'log-clues': readonly LogClue[] | undefined },
): Finding {
  const { groups, nodes, alsoAlike } = place;
  const failing = groups.flat();
  const names = nodes.map(({ metadata }) => metadata.name);
  const [only] = names.length === 1 ? names : [];
  const alike = claimOf(
    `${failing.length} failing replicas of ${groups.length} ${groups.length === 1 ? 'workload sits' : 'workloads sit'} on ${only ?? `nodes of ${place.place}`}; their siblings elsewhere are healthy.`,
    failing,
  );
  const spoken = sameWords(groups, facts['log-clues'] ?? []);
  const weight: Weight = link.length > 0 || place.chance <= significance ? 'strong' : spoken.length > 0 ? 'likely' : 'suggestive';
  const [first = alike, ...more] = link.length > 0 ? [...link, alike, ...spoken] : [alike, ...spoken];
  const since = failing.flatMap((replica) => replica.failingSince ?? []);
  const also = alsoAlike.length === 0 ? '' : ` (which also are those of ${alsoAlike.join(', ')})`;
  const from = only === undefined ? `one of ${names.slice(0, 4).join(', ')}${also}` : only;
  const parts = {
    weight,
    because: [first, ...more] as const,
    since: since.length === 0 ? undefined : Math.min(...since),
    suffering: failing,
    wouldSettle: [
      `From a pod on ${from} and from one on another node: reach a pod of a third node by its address, a Service by its ClusterIP, and a name by DNS. What fails only from there names the layer.`,
    ],
  };
  if (only !== undefined) return nodeFinding({ ...parts, node: only }, facts.replicas);
  const finding = nodeFinding({ ...parts, node: names[0] ?? '?' }, facts.replicas);
  const own = subject('NodeGroup', undefined, place.place);
  return { ...finding, subject: own, affects: [own, ...names.map((name) => subject('Node', undefined, name)), ...finding.affects] };
}

function claimOf(says: string, failing: readonly Replica[]): Claim {
  const [first, ...more] = failing
    .slice(0, 5)
    .map(({ pod, troubles }) => citeObject(pod, `on ${pod.spec.nodeName ?? '?'}: ${troubles[0]?.reason ?? 'not Ready'}`));
  if (first === undefined) throw new Error('a place without failing replicas');
  return claim(says, first, ...more);
}

/** Programs that have nothing to do with one another complain of the same kind of thing there, and their twins elsewhere do not. */
function sameWords(groups: readonly (readonly Replica[])[], clues: readonly LogClue[]): readonly Claim[] {
  if (groups.length < 2) return [];
  const said = groups.map((group) => clues.filter((clue) => group.includes(clue.replica) && !ofTheProgram.has(clue.kind)));
  const common = said[0]?.map(({ kind }) => kind).find((kind) => said.every((each) => each.some((clue) => clue.kind === kind)));
  const shown = said.flatMap((each) => each.find(({ kind }) => kind === common) ?? []);
  const stated =
    common === undefined
      ? undefined
      : claimFromAll(
          `They all complain of the same: "${shown[0]?.line ?? ''}".`,
          shown.slice(0, 4).map(({ citation }) => citation),
        );
  return stated === undefined ? [] : [stated];
}

/** What a program says of itself or of its settings, wherever it runs. */
const ofTheProgram: ReadonlySet<LogClue['kind']> = new Set([
  'panic',
  'missing-setting',
  'invalid-setting',
  'invalid-value',
  'missing-module',
  'schema-mismatch',
  'forbidden-by-api',
]);

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

function standing(name: string, node: string, isReady: boolean): ReturnType<typeof examplePod> {
  return examplePod({ name, node, isReady, startedMinutesAgo: 300 });
}

/** Nodes a and b are one zone, c and d the other; "cart-a" is the replica of cart on node a. */
function inZones(of: { readonly failing: readonly string[]; readonly healthy: readonly string[] }): ExampleEvidence {
  const pod = (isReady: boolean) => (written: string) => {
    const [workload = '', node = ''] = written.split('-');
    return standing(`${workload}-1-${node}`, node, isReady);
  };
  return {
    nodes: ['a', 'b', 'c', 'd'].map((name, index) => exampleNode({ name, zone: index < 2 ? 'west-1' : 'west-2' })),
    pods: [...of.failing.map(pod(false)), ...of.healthy.map(pod(true))],
  };
}

/** Nodes a and b have a newer kernel than c and d; a replica of each workload is on each, and fails on the first two. */
function withKernels(workloads: readonly string[]): ExampleEvidence {
  const names = ['a', 'b', 'c', 'd'];
  return {
    nodes: names.map((name, index) => exampleNode({ name, status: { nodeInfo: { kernelVersion: index < 2 ? '6.12.9' : '6.1.0' } } })),
    pods: workloads.flatMap((workload) => names.map((node, index) => standing(`${workload}-1-${node}`, node, index >= 2))),
  };
}
