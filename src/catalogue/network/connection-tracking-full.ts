import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import { nodeFinding } from '../../domain/node-finding.ts';

/** Above this the table overflows in bursts between two looks. */
const nearlyFullShare = 0.95;

export const connectionTrackingFull = defineFailureMode({
  id: 'connection-tracking-full',
  title: "A node's table of connections is full",
  role: 'cause',
  explanation: {
    whatItIs:
      'The kernel keeps an entry for every connection that it translates. Where the table is full it drops the first packet of each new one.',
    howItLooks:
      'New connections from or to pods of one node time out at random; the kernel logs "nf_conntrack: table full, dropping packet".',
    whyItHappens: 'Very many short connections, a retry storm, a scan or attack, or a table that is too small for the node.',
    whatStopsTheBleeding: 'Raise nf_conntrack_max on the node, or move the workload that opens the connections.',
    whatFixesIt: "Keep connections open and reuse them; size the table with kube-proxy's conntrack settings.",
    howToPreventIt: 'Alert on the share of the table in use.',
  },
  sources: [
    'https://docs.kernel.org/networking/nf_conntrack-sysctl.html',
    'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/',
  ],
  needs: ['node-reports'],
  helpedBy: ['replicas'],
  explains: [
    'dependency-times-out',
    'dependency-refuses-connections',
    'dns-failing',
    'dns-name-wrong',
    'kube-proxy-rules-incomplete',
    'packet-loss-on-node',
    'degraded-node-link',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
  ],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts['node-reports'].flatMap((report): readonly Finding[] => {
      const table = report.connectionTracking;
      const dropped = report.findings.filter(
        (each) => each.kind === 'conntrack-full' && (each.at === undefined || facts.now - each.at < millisecondsPerHour),
      );
      const share = table === undefined ? 0 : table.used / table.limit;
      const because: readonly Claim[] = [
        ...(share >= nearlyFullShare && table !== undefined
          ? [
              claim(
                `${table.used} of ${table.limit} entries of the connection table of ${report.node} are used.`,
                citeNodeCommand(report.node, table.command, `${table.used} of ${table.limit}`),
              ),
            ]
          : []),
        ...dropped
          .slice(0, 2)
          .map((each) =>
            claim(
              `The kernel of ${report.node} drops packets: "${each.line.slice(0, 160)}".`,
              citeNodeCommand(report.node, each.command, each.line.slice(0, 200)),
            ),
          ),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      const isOver = dropped.length > 0 && table !== undefined && share < nearlyFullShare / 2;
      return [
        nodeFinding(
          {
            node: report.node,
            weight: isOver ? 'suggestive' : dropped.length > 0 || share >= 1 ? 'conclusive' : 'strong',
            because: [first, ...more],
            since: dropped[0]?.at,
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'The table is full and the kernel says so.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          { node: 'node-1', command: 'conntrack-count', output: '262144\n' },
          { node: 'node-1', command: 'conntrack-max', output: '262144\n' },
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(3)} node-1 kernel: nf_conntrack: nf_conntrack: table full, dropping packet`,
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Half of the table is used.',
      given: {
        'node-commands': [
          {
            node: 'node-1',
            command: 'sysctl net.netfilter',
            output: 'net.netfilter.nf_conntrack_count = 131072\nnet.netfilter.nf_conntrack_max = 262144',
          },
        ],
      },
    },
    {
      story: 'Only the size of the table is known.',
      given: { 'node-commands': [{ node: 'node-1', command: 'conntrack-max', output: '262144\n' }] },
    },
  ],
});
