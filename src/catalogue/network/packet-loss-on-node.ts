import { citeNodeCommand, citeProbe, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import type { ConnectivityProbe } from '../../domain/evidence.ts';
import { exampleProbe } from '../../domain/example-network.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { nodeOf } from '../../domain/service-path.ts';

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
  helpedBy: ['connectivity-probes', 'node-reports', 'nodes'],
  explains: ['dependency-times-out', 'degraded-node-link', 'dns-failing', 'liveness-probe-misconfigured', 'readiness-probe-misconfigured'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const probes = facts['connectivity-probes'] ?? [];
    const reports = facts['node-reports'] ?? [];
    const nodes = [...new Set([...probes.flatMap((probe) => nodeOf(probe) ?? []), ...reports.map((report) => report.node)])].toSorted();
    return nodes.flatMap((node): readonly Finding[] => {
      const lossy = probes.filter((probe) => nodeOf(probe) === node && lossShare(probe) > 0.01 && lossShare(probe) < 1);
      const mixed = mixedOutcomes(probes.filter((probe) => nodeOf(probe) === node));
      const counters = errorClaims(
        reports.find((report) => report.node === node),
        reports,
      );
      // Loss towards everybody from everywhere is not this node's.
      const elsewhere = probes.filter((probe) => nodeOf(probe) !== node);
      const isOnlyHere = !elsewhere.some((probe) => lossShare(probe) > 0.01) && mixedOutcomes(elsewhere).length === 0;
      const claims: readonly (Claim | undefined)[] = [
        claimFromAll(
          `Probes from ${node} lose packets: ${lossy[0]?.detail.slice(0, 160) ?? ''}`,
          lossy.slice(0, 3).map((probe) => citeProbe(probe, probe.detail.slice(0, 160))),
        ),
        claimFromAll(
          `The same probe from ${node} sometimes succeeds and sometimes does not.`,
          mixed.slice(0, 4).map((probe) => citeProbe(probe, probe.outcome)),
        ),
        ...counters,
      ];
      const [first, ...more] = claims.filter((each) => each !== undefined);
      if (first === undefined || (!isOnlyHere && counters.length === 0)) return [];
      const hasProbes = lossy.length > 0 || mixed.length > 0;
      const suffers = facts.replicas.onNode(node).some((replica) => replica.health === 'failing');
      if (!hasProbes && !suffers) return [];
      return [
        nodeFinding(
          {
            node,
            weight: hasProbes && isOnlyHere ? 'strong' : 'suggestive',
            because: [first, ...more],
            wouldSettle: [`"ping -c 100" from ${node} to two other nodes and between those two.`],
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

/** 0 to 1, from ping's summary. 0 where the detail tells none. */
function lossShare(probe: ConnectivityProbe): number {
  const percent = /(\d{1,3}(?:\.\d{1,6})?)% packet loss/.exec(probe.detail)?.[1];
  return percent === undefined ? 0 : Number(percent) / 100;
}

/** Probes of one target that both succeeded and timed out; two tries may straddle a repair, three do not. */
function mixedOutcomes(probes: readonly ConnectivityProbe[]): readonly ConnectivityProbe[] {
  const keyOf = (probe: ConnectivityProbe): string => `${probe.from.name} ${probe.host}:${probe.port ?? ''}/${probe.protocol}`;
  return probes.filter((probe) => {
    const same = probes.filter((each) => keyOf(each) === keyOf(probe));
    return same.length >= 3 && same.some((each) => each.outcome === 'connected') && same.some((each) => each.outcome === 'timed-out');
  });
}

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
function triesFrom(pod: string, node: string, lost: number): readonly ReturnType<typeof exampleProbe>[] {
  return Array.from({ length: 6 }, (_, index) =>
    exampleProbe({ from: `cart-1-${pod}`, node, host: 'db', port: 5432, outcome: index < lost ? 'timed-out' : 'connected' }),
  );
}
