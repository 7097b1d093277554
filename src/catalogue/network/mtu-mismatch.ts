import { citeNodeCommand, claim } from '../../domain/citation.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { shellCommand } from '../../domain/shell-word.ts';

type Interface = NodeReport['interfaces'][number];

/** Tunnels between nodes whose own MTU is what pods may send; others (Cilium's, Geneve) limit it by routes instead. */
const isTunnel = (name: string): boolean => /^(flannel\.|vxlan\.calico|tunl|weave$)/.test(name);
const isUplink = (name: string): boolean => /^(eth|en[spox]|bond|ens|eno)/.test(name);
/** What an IP-in-IP header, the smallest of the tunnels, takes from each packet. */
const smallestOverheadBytes = 20;

export const mtuMismatch = defineFailureMode({
  id: 'mtu-mismatch',
  title: "Packets of pods are too large for a node's network",
  role: 'cause',
  explanation: {
    whatItIs:
      'The largest packet that pods may send does not fit through the way between nodes, so large packets vanish while small ones pass.',
    howItLooks: 'Connections open and small requests work, but larger answers hang, and only to or from pods on certain nodes.',
    whyItHappens: "The tunnel's MTU was set as large as the interface below it, or one node's network has a smaller MTU than the others.",
    whatStopsTheBleeding: 'Cordon the nodes that differ and move the affected pods.',
    whatFixesIt: "Set the plugin's MTU to the smallest of all ways minus the tunnel's header, then restart the pods.",
    howToPreventIt: 'Let the plugin detect the MTU, and compare it on every new kind of machine.',
  },
  sources: ['https://docs.tigera.io/calico/latest/networking/configuring/mtu', 'https://www.rfc-editor.org/rfc/rfc8899'],
  needs: ['node-reports'],
  helpedBy: ['replicas'],
  explains: [
    'dependency-times-out',
    'degraded-node-link',
    'packet-loss-on-node',
    'readiness-probe-misconfigured',
    'dependency-certificate-invalid',
  ],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const usual = usualTunnelMtu(facts['node-reports']);
    return facts['node-reports'].flatMap((report): readonly Finding[] => {
      const uplink = report.interfaces.find((each) => isUplink(each.name) && each.mtuBytes !== undefined && each.state !== 'DOWN');
      const tunnel = report.interfaces.find((each) => isTunnel(each.name) && each.mtuBytes !== undefined);
      if (tunnel?.mtuBytes === undefined || uplink?.mtuBytes === undefined) return [];
      const cite = (each: Interface): ReturnType<typeof citeNodeCommand> =>
        citeNodeCommand(report.node, each.command, `${each.name} mtu ${each.mtuBytes}`);
      const isTooLarge = tunnel.mtuBytes > uplink.mtuBytes - smallestOverheadBytes;
      const isOdd = usual !== undefined && tunnel.mtuBytes !== usual;
      const suffers = facts.replicas?.onNode(report.node).some((replica) => replica.health === 'failing') === true;
      if (!isTooLarge && !(isOdd && suffers)) return [];
      const says = isTooLarge
        ? `On ${report.node} the tunnel ${tunnel.name} allows packets of ${tunnel.mtuBytes} bytes, and ${uplink.name} below it only ${uplink.mtuBytes}, header included.`
        : `On ${report.node} ${tunnel.name} allows packets of ${tunnel.mtuBytes} bytes, on other nodes ${usual}.`;
      return [
        nodeFinding(
          {
            node: report.node,
            weight: isTooLarge ? (suffers ? 'strong' : 'weak') : 'suggestive',
            because: [claim(says, cite(tunnel), cite(uplink))],
            wouldSettle: [
              shellCommand`From a pod on ${report.node}: "ping -M do -s ${tunnel.mtuBytes - 28} <pod on another node>" fails while "-s 1200" succeeds.`,
            ],
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: 'The tunnel is as wide as the interface that carries it.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'ip-link',
            output:
              '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc mq state UP mode DEFAULT\n5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The tunnel leaves room for its header.',
      given: {
        pods: [],
        'node-commands': [
          {
            node: 'node-1',
            command: 'ip-link',
            output: '2: eth0: <BROADCAST,UP> mtu 1500 qdisc mq state UP\n5: flannel.1: <BROADCAST,UP> mtu 1450 qdisc noqueue state UNKNOWN',
          },
        ],
      },
    },
    {
      story: 'There is no tunnel.',
      given: {
        pods: [],
        'node-commands': [{ node: 'node-1', command: 'ip-link', output: '2: eth0: <BROADCAST,UP> mtu 1500 qdisc mq state UP' }],
      },
    },
  ],
});

/** The MTU that most nodes' tunnels share. Undefined: fewer than two nodes agree. */
function usualTunnelMtu(reports: readonly NodeReport[]): number | undefined {
  const sizes = reports.flatMap((report) => report.interfaces.filter((each) => isTunnel(each.name)).flatMap((each) => each.mtuBytes ?? []));
  const counted = [...new Set(sizes)]
    .map((size) => ({ size, count: sizes.filter((each) => each === size).length }))
    .toSorted((left, right) => right.count - left.count);
  return (counted[0]?.count ?? 0) >= 2 ? counted[0]?.size : undefined;
}
