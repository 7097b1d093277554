import { citeNodeCommand, citeProbe, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleProbe, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { lossShare, lostBetween } from '../../domain/packet-loss.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Counters run since boot, so a few errors are ordinary; a hundred times more than any other node has are not. */
const tellingErrors = 1000;
const tellingRatio = 100;

export const packetLossOnNode = defineFailureMode({
  id: 'packet-loss-on-node',
  title: 'A node loses packets',
  role: 'cause',
  explanation: {
    whatItIs: 'A part of the packets from or to one node is lost, so connections there are slow or fail now and then.',
    howItLooks:
      'The same probe sometimes succeeds and sometimes times out from one node, and always succeeds from others; latency and retries rise there.',
    whyItHappens: "A failing interface, cable or switch port, an overloaded link, or the provider's network.",
    whatStopsTheBleeding: 'Cordon the node and move its pods to other nodes.',
    whatFixesIt: 'Replace the part or the machine; ask the provider.',
    howToPreventIt: 'Measure loss and retransmissions between nodes all the time.',
  },
  sources: ['https://man7.org/linux/man-pages/man8/ip-link.8.html', 'https://www.rfc-editor.org/rfc/rfc2330'],
  needs: ['replicas'],
  helpedBy: ['connectivity-probes', 'node-reports', 'nodes', 'service-backends'],
  explains: ['dependency-times-out', 'degraded-node-link', 'dns-failing', 'liveness-probe-misconfigured', 'readiness-probe-misconfigured'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const reports = facts['node-reports'] ?? [];
    const loss = lostBetween(facts);
    const nodes = [...new Set([...loss.nodes, ...reports.map((report) => report.node)])].toSorted();
    return nodes.flatMap((node): readonly Finding[] => {
      const counters = errorClaims(
        reports.find((report) => report.node === node),
        reports,
      );
      const { blamed, doubtful } = loss.of(node);
      const lost = [...blamed, ...doubtful];
      const lossy = lost.filter((probe) => lossShare(probe) > 0);
      const mixed = lost.filter((probe) => lossShare(probe) === 0);
      const claims: readonly (Claim | undefined)[] = [
        claimFromAll(
          `Probes from or to ${node} lose packets: ${lossy[0]?.detail.slice(0, 160) ?? ''}`,
          lossy.slice(0, 3).map((probe) => citeProbe(probe, probe.detail.slice(0, 160))),
        ),
        claimFromAll(
          `The same probe from or to ${node} sometimes succeeds and sometimes does not.`,
          mixed.slice(0, 4).map((probe) => citeProbe(probe, probe.outcome)),
        ),
        claimFromAll(
          `The other ends are reached well from elsewhere, so the loss is at ${node}.`,
          blamed.length === 0
            ? []
            : loss.contrast(node).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim().slice(0, 160))),
        ),
        ...counters,
      ];
      const [first, ...more] = claims.filter((each) => each !== undefined);
      const suffers = facts.replicas.onNode(node).some((replica) => replica.health === 'failing');
      if (first === undefined || (lost.length === 0 && !suffers)) return [];
      return [
        nodeFinding(
          {
            node,
            weight: blamed.length > 0 ? 'strong' : 'suggestive',
            because: [first, ...more],
            wouldSettle: [shellCommand`"ping -c 100" from ${node} to two other nodes and between those two.`],
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: 'A third of the pings from node-1 is lost, none from node-2.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false })],
        'connectivity-probes': [
          exampleProbe({
            node: 'node-1',
            host: '192.0.2.9',
            protocol: 'icmp',
            outcome: 'connected',
            detail: '100 packets transmitted, 67 received, 33% packet loss',
          }),
          exampleProbe({
            node: 'node-2',
            host: '192.0.2.9',
            protocol: 'icmp',
            outcome: 'connected',
            detail: '100 packets transmitted, 100 received, 0% packet loss',
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'Its replicas are all Ready; from the one on node-1 some of the tries to reach the database time out, from node-2 none.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', node: 'node-1' }), examplePod({ name: 'cart-1-b', node: 'node-2' })],
        'connectivity-probes': [...triesFrom('a', 'node-1', 2), ...triesFrom('b', 'node-2', 0)],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'From node-1 the database is reached now and then by its own address, and by that of its Service every time by luck.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', node: 'node-1' }), examplePod({ name: 'cart-1-b', node: 'node-2' })],
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
        endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['192.0.2.20'] })],
        'connectivity-probes': ['10.96.45.12', '192.0.2.20'].flatMap((host) => [
          ...triesFrom('a', 'node-1', host === '192.0.2.20' ? 1 : 0, host),
          ...triesFrom('b', 'node-2', 0, host),
        ]),
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'Pings from node-1 to node-2 are lost, and node-1 reaches node-3 without loss: the far end is the bad one.',
      given: { ...threeNodes(), 'connectivity-probes': [pings('node-1', '192.0.2.12', 40), pings('node-1', '192.0.2.13', 0)] },
      finds: [{ kind: 'Node', name: 'node-2' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Some tries time out wherever they come from: the database takes in only so many at a time.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', node: 'node-1' }), examplePod({ name: 'cart-1-b', node: 'node-2' })],
        'connectivity-probes': [...triesFrom('a', 'node-1', 2), ...triesFrom('b', 'node-2', 3)],
      },
    },
    {
      story: 'A single path loses packets, and both of its ends are reached well by others: neither node is to blame.',
      given: {
        ...threeNodes(),
        'connectivity-probes': [pings('node-1', '192.0.2.12', 40), pings('node-1', '192.0.2.13', 0), pings('node-3', '192.0.2.12', 0)],
      },
    },
    {
      story: 'The target is down: everything is lost, from everywhere.',
      given: {
        pods: [],
        'connectivity-probes': ['node-1', 'node-2'].map((node) =>
          exampleProbe({
            node,
            host: '192.0.2.9',
            protocol: 'icmp',
            outcome: 'timed-out',
            detail: '10 packets transmitted, 0 received, 100% packet loss',
          }),
        ),
      },
    },
    {
      story: 'A Service refuses every time.',
      given: {
        pods: [],
        'connectivity-probes': [
          exampleProbe({ node: 'node-1', host: 'db', port: 5432, outcome: 'refused' }),
          exampleProbe({ node: 'node-1', host: 'db', port: 5432, outcome: 'refused' }),
        ],
      },
    },
  ],
});

function errorClaims(report: NodeReport | undefined, reports: readonly NodeReport[]): readonly Claim[] {
  const errorsOf = (each: NodeReport): number =>
    Math.max(0, ...each.interfaces.filter((link) => link.name !== 'lo').map((link) => link.errors));
  const others = reports.filter((each) => each !== report && each.interfaces.length > 0);
  const worst = report?.interfaces.find((link) => link.name !== 'lo' && link.errors === errorsOf(report));
  if (report === undefined || worst === undefined || others.length === 0 || worst.errors < tellingErrors) return [];
  const usual = Math.max(...others.map(errorsOf));
  return worst.errors < Math.max(1, usual) * tellingRatio
    ? []
    : [
        claim(
          `${worst.name} of ${report.node} counts ${worst.errors} errors, other nodes at most ${usual}.`,
          citeNodeCommand(report.node, worst.command, `${worst.name}: ${worst.errors} errors`),
        ),
      ];
}

/** Six tries from one pod, of which the first few time out. */
function triesFrom(pod: string, node: string, lost: number, host = 'db'): readonly ReturnType<typeof exampleProbe>[] {
  return Array.from({ length: 6 }, (_, index) =>
    exampleProbe({ from: `cart-1-${pod}`, node, host, port: 5432, outcome: index < lost ? 'timed-out' : 'connected' }),
  );
}

function threeNodes(): ExampleEvidence {
  return {
    nodes: ['11', '12', '13'].map((last, index) =>
      exampleNode({ name: `node-${index + 1}`, status: { addresses: [{ type: 'InternalIP', address: `192.0.2.${last}` }] } }),
    ),
    pods: [examplePod({ name: 'cart-1-a', node: 'node-2', isReady: false }), examplePod({ name: 'cart-1-b', node: 'node-1' })],
  };
}

function pings(node: string, host: string, lostPercent: number): ReturnType<typeof exampleProbe> {
  const detail = `100 packets transmitted, ${100 - lostPercent} received, ${lostPercent}% packet loss`;
  return exampleProbe({ node, host, protocol: 'icmp', outcome: 'connected', detail });
}
