import { citeNodeCommand, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { clockTime } from '../../domain/instant.ts';
import { kubeProxyOn, kubeProxyRestart } from '../../domain/kube-proxy.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import { containerOf } from '../../domain/replica.ts';
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
  helpedBy: ['node-reports', 'nodes'],
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
    return [...new Set(named)].toSorted().flatMap((node): readonly Finding[] => {
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
  ],
  isNotFooledBy: [
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
