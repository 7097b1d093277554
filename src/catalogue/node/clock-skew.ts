import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { type ClockComplaint, clockComplaints } from '../../domain/clock-words.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { unhealthyConditions } from '../../domain/node-conditions.ts';
import { conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import type { Replicas } from '../../domain/replica.ts';

/** Tokens and certificates are commonly given some seconds of tolerance, and leases last fifteen; below that little breaks. */
const noticeableSeconds = 5;
/** From here on fresh certificates are not valid yet and tokens have expired already. */
const harmfulSeconds = 60;

export const clockSkew = defineFailureMode({
  id: 'clock-skew',
  title: 'The clock of a node is wrong',
  role: 'cause',
  explanation: {
    whatItIs:
      "The node's clock is ahead of or behind the others, so what depends on time goes wrong on it: certificates, tokens, leases, order of events.",
    howItLooks: 'Errors such as "certificate is not yet valid" or "token used before issued" come from pods on one node only.',
    whyItHappens: 'The time service is stopped or cut off, or the machine was suspended, restored from a snapshot or migrated.',
    whatStopsTheBleeding: 'Cordon the node; step its clock right before it is used again.',
    whatFixesIt: 'Restart the time service and let it reach its servers.',
    howToPreventIt: "Alert on the offset of each node's clock and on time services that are not synchronised.",
  },
  sources: ['https://chrony-project.org/doc/4.6/chronyc.html#tracking', 'https://etcd.io/docs/v3.5/faq/'],
  needs: ['replicas'],
  helpedBy: ['node-reports', 'nodes', 'container-logs'],
  explains: [
    'degraded-node-link',
    'dependency-certificate-invalid',
    'kubelet-certificate-expired',
    'kubelet-stopped',
    'node-not-ready',
    'controller-lease-stale',
  ],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const complaints = clockComplaints(facts);
    const measured = (facts['node-reports'] ?? []).flatMap((report): readonly Finding[] => {
      const offset = report.clockOffsetSeconds;
      const node = facts.nodes?.named(undefined, report.node);
      const [condition] = node === undefined ? [] : unhealthyConditions(node, 'clock');
      const suffers = facts.replicas.onNode(report.node).some((replica) => replica.health === 'failing');
      const size = Math.abs(offset?.value ?? 0);
      if (size < noticeableSeconds) return [];
      const because: readonly [Claim, ...Claim[]] = [
        claim(
          `The clock of ${report.node} is ${Math.round(size)} s ${(offset?.value ?? 0) > 0 ? 'ahead' : 'behind'}.`,
          citeNodeCommand(report.node, offset?.command ?? '', `offset ${offset?.value} s`),
        ),
        ...(condition === undefined || node === undefined
          ? []
          : [conditionClaim(node, condition, `${report.node} reports ${condition.type}.`)]),
      ];
      return [
        nodeFinding(
          {
            node: report.node,
            weight: size >= harmfulSeconds ? 'strong' : suffers ? 'suggestive' : 'weak',
            because,
            wouldSettle: ['"chronyc tracking" on this node and on a healthy one.'],
          },
          facts.replicas,
        ),
      ];
    });
    const known = new Set(
      (facts['node-reports'] ?? []).flatMap(({ node, clockOffsetSeconds }) => (clockOffsetSeconds === undefined ? [] : [node])),
    );
    return [...measured, ...complaints.filter(({ node }) => !known.has(node)).map((complaint) => spokenOf(complaint, facts))];
  },
  recognises: [
    {
      story: 'chrony says that the clock is five minutes slow.',
      given: {
        pods: [],
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'clock-offset',
            output:
              'Reference ID    : 00000000 ()\nSystem time     : 301.223346 seconds slow of NTP time\nLeap status     : Not synchronised',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'Nobody looked at the node; object storage turns away what comes from a replica there, and takes what comes from its twin.',
      given: turnedAway({ healthy: ['node-2'] }),
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'Replicas on both nodes are turned away: the other side may be wrong.', given: turnedAway({ failing: ['node-2'] }) },
    { story: 'There is no twin to compare with.', given: turnedAway({}) },
    {
      story: 'A few microseconds are no skew.',
      given: {
        pods: [],
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'clock-offset', output: 'System time     : 0.000012 seconds fast of NTP time' }],
      },
    },
    {
      story: 'The commands say nothing about the clock.',
      given: {
        pods: [],
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'loadavg', output: '0.1 0.2 0.3 1/100 4242' }],
      },
    },
  ],
});

/** What is said of the time, by one node's pods alone. */
function spokenOf(complaint: ClockComplaint, facts: { readonly replicas: Replicas }): Finding {
  const { node, replicas, line, citations } = complaint;
  const since = replicas.flatMap(({ failingSince }) => failingSince ?? []);
  return nodeFinding(
    {
      node,
      // Several that are told so on one node are not told so by chance.
      weight: replicas.length > 1 ? 'strong' : 'likely',
      because: [
        claim(
          `${replicas.length === 1 ? 'A replica' : `${replicas.length} replicas`} on ${node} and none elsewhere hear that the clocks differ: "${line}".`,
          ...citations,
        ),
      ],
      since: since.length === 0 ? undefined : Math.min(...since),
      suffering: replicas,
      wouldSettle: ['"chronyc tracking" on this node and on a healthy one.'],
    },
    facts.replicas,
  );
}

function turnedAway(of: { readonly failing?: readonly string[]; readonly healthy?: readonly string[] }): ExampleEvidence {
  const failing = ['node-1', ...(of.failing ?? [])];
  const name = (node: string): string => `pay-1-${node.replace('-', '')}`;
  return {
    nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
    pods: [
      ...failing.map((node) => examplePod({ name: name(node), node, isReady: false, startedMinutesAgo: 300 })),
      ...(of.healthy ?? []).map((node) => examplePod({ name: name(node), node, startedMinutesAgo: 300 })),
    ],
    'container-logs': failing.map((node) => ({
      namespace: 'shop',
      pod: name(node),
      container: 'app',
      text: 'ERROR RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
    })),
  };
}
