import { citeList, citeNodeCommand, citeObject, type Claim, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { clockTime } from '../../domain/instant.ts';
import { kubeProxyOn, kubeProxyRestart } from '../../domain/kube-proxy.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { containerOf } from '../../domain/replica.ts';
import { type PathFacts, servicePaths } from '../../domain/service-path.ts';
import { shellCommand } from '../../domain/shell-word.ts';

export const kubeProxyDown = defineFailureMode({
  id: 'kube-proxy-down',
  title: 'kube-proxy does not run on a node',
  role: 'cause',
  explanation: {
    whatItIs:
      'The program that keeps the Service rules of a node up to date is not running, so the rules there grow old: new endpoints are never reached, dead ones still are.',
    howItLooks: 'Pods on one node reach some Services and not others; the kube-proxy pod of that node crashes, or its unit is stopped.',
    whyItHappens: 'A bad configuration or image of kube-proxy, its memory limit, or a node on which it was never started.',
    whatStopsTheBleeding: 'Cordon the node and move the affected pods to other nodes.',
    whatFixesIt: 'Repair what the kube-proxy pod or unit died of, and let it sync its rules before the node is used again.',
    howToPreventIt: 'Alert where the kube-proxy DaemonSet is not ready on every node, and roll it out a node at a time.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/networking/virtual-ips/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-kube-proxy-working',
  ],
  needs: ['replicas'],
  helpedBy: ['node-reports', 'nodes', 'pods', 'log-clues', 'service-backends', 'connectivity-probes'],
  explains: [
    'kube-proxy-rules-incomplete',
    'dependency-refuses-connections',
    'dependency-times-out',
    'dns-failing',
    'dns-name-wrong',
    'degraded-node-link',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'init-container-blocked',
  ],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const reports = facts['node-reports'] ?? [];
    const named = [
      ...facts.replicas.all
        .filter((replica) => containerOf(replica.pod, 'kube-proxy') !== undefined)
        .flatMap((replica) => replica.pod.spec.nodeName ?? []),
      ...reports.map((report) => report.node),
    ];
    const found = [...new Set(named)].toSorted().flatMap((node): readonly Finding[] => {
      const proxy = kubeProxyOn(node, facts.replicas);
      // A lost node takes kube-proxy with it; that is the node's story.
      const trouble =
        proxy?.health === 'failing' ? proxy.troubles.find((each) => each.kind !== 'lost' && each.kind !== 'ended') : undefined;
      const unit = reports
        .find((report) => report.node === node)
        ?.units.find((each) => /^kube-?proxy$/.test(each.unit) && each.state === 'failed');
      const because: readonly Claim[] = [
        ...(trouble === undefined || proxy === undefined
          ? []
          : [
              claim(
                `kube-proxy on ${node} does not run: ${trouble.reason}.`,
                citeObject(proxy.pod, `${trouble.reason} ${trouble.message ?? ''}`.trim().slice(0, 200), trouble.since),
              ),
            ]),
        ...(unit === undefined
          ? []
          : [
              claim(
                `The unit kube-proxy on ${node} has failed${unit.since === undefined ? '' : ` since ${clockTime(unit.since)}`}.`,
                citeNodeCommand(node, unit.command, `kube-proxy: ${unit.state} ${unit.result ?? ''}`.trim()),
              ),
            ]),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      const suffering = [
        ...facts.replicas.onNode(node).filter((replica) => replica.health === 'failing' && replica.pod.spec.hostNetwork !== true),
        ...(proxy === undefined ? [] : [proxy]),
      ];
      return [
        nodeFinding(
          {
            node,
            // Killed for memory, it comes back and dies again while it writes its rules: then those are the story.
            weight:
              kubeProxyRestart(node, { replicas: facts.replicas, report: reports.find((each) => each.node === node), until: facts.now })
                ?.isMemoryKill === true
                ? 'suggestive'
                : 'strong',
            because: [first, ...more],
            suffering,
            since: proxy?.failingSince ?? unit?.since,
            blames: proxy === undefined ? [] : [proxy.workload],
            wouldSettle: [shellCommand`On ${node}: "curl -s http://127.0.0.1:10256/healthz" tells when kube-proxy last synced its rules.`],
          },
          facts.replicas,
        ),
      ];
    });
    return [...found, ...missingOn(facts)];
  },
  recognises: [
    {
      story: 'The kube-proxy pod of node-1 crashes again and again.',
      given: {
        pods: [proxyPod('node-1', { isReady: false, status: crashLooping({ exitCode: 1 }) }), proxyPod('node-2', {})],
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'A replica on node-1 does not reach a Service, its twin on node-2 does; only there a kube-proxy runs.',
      given: { ...unreached(), pods: [...clients(), proxyPod('node-2', {})] },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The same in a cluster without any kube-proxy.', given: { ...unreached(), pods: clients() } },
    {
      story: 'The same, and kube-proxy runs on both nodes.',
      given: { ...unreached(), pods: [...clients(), proxyPod('node-1', {}), proxyPod('node-2', {})] },
    },
    {
      story: 'kube-proxy runs on both nodes; one was restarted last month.',
      given: { pods: [proxyPod('node-1', { status: { restartCount: 1 } }), proxyPod('node-2', {})], nodes: [] },
    },
    {
      story: 'The cluster has no kube-proxy at all, because its network plugin serves Services itself.',
      given: { pods: [examplePod({ name: 'cart-1-a', isReady: false })], nodes: [exampleNode({ name: 'node-1' })] },
    },
  ],
});

function proxyPod(node: string, parts: Partial<Parameters<typeof examplePod>[0]>): ReturnType<typeof examplePod> {
  return examplePod({
    name: `kube-proxy-${node}`,
    namespace: 'kube-system',
    node,
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    container: { name: 'kube-proxy' },
    spec: { hostNetwork: true },
    ...parts,
  });
}

/** Nodes without a kube-proxy, from which Services are not reached that are reached where one runs. */
function missingOn(
  facts: PathFacts & { readonly pods: Collection<Pod> | undefined; readonly 'node-reports': readonly NodeReport[] | undefined },
): readonly Finding[] {
  // Some plugins serve Services themselves; and what could not be listed may well run.
  if (facts.pods?.isComplete('kube-system') !== true) return [];
  return servicePaths(facts).flatMap(({ node, clues, twins }): readonly Finding[] => {
    const [clue, ...more] = clues;
    const serving = [...new Set(twins.flatMap(({ pod }) => pod.spec.nodeName ?? []))].filter(
      (name) => kubeProxyOn(name, facts.replicas) !== undefined,
    );
    const isUnit = facts['node-reports']?.some(
      (report) => report.node === node && report.units.some(({ unit }) => /^kube-?proxy$/.test(unit)),
    );
    if (clue === undefined || serving.length === 0 || isUnit === true || kubeProxyOn(node, facts.replicas) !== undefined) return [];
    return [
      nodeFinding(
        {
          node,
          weight: 'strong',
          because: [
            claim(
              `No kube-proxy runs on ${node}, and one does on ${serving.slice(0, 3).join(', ')}.`,
              citeList('pods', 'kube-system', `no pod with a container kube-proxy on ${node}`),
            ),
            claim(
              `Replicas on ${node} do not reach what their twins there reach: "${clue.line}".`,
              clue.citation,
              ...more.slice(0, 2).map(({ citation }) => citation),
            ),
          ],
        },
        facts.replicas,
      ),
    ];
  });
}

function clients(): readonly ReturnType<typeof examplePod>[] {
  return [
    examplePod({ name: 'cart-1-a', isReady: false, startedMinutesAgo: 300, status: crashLooping({ exitCode: 1 }) }),
    examplePod({ name: 'cart-1-b', node: 'node-2', startedMinutesAgo: 300 }),
  ];
}

function unreached(): ExampleEvidence {
  const text = 'FATAL: dial tcp 10.96.7.9:5432: i/o timeout';
  return {
    nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
    services: [exampleService({ name: 'db', clusterIP: '10.96.7.9', ports: [{ port: 5432 }] })],
    'container-logs': [{ namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text }],
  };
}
