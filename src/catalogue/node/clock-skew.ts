import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { unhealthyConditions } from '../../domain/node-conditions.ts';
import { conditionClaim, nodeFinding } from '../../domain/node-finding.ts';

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
  needs: ['node-reports'],
  helpedBy: ['nodes', 'replicas'],
  explains: [
    'degraded-node-link',
    'dependency-certificate-invalid',
    'kubelet-certificate-expired',
    'kubelet-stopped',
    'node-not-ready',
    'controller-lease-stale',
  ],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts['node-reports'].flatMap((report): readonly Finding[] => {
      const offset = report.clockOffsetSeconds;
      const node = facts.nodes?.named(undefined, report.node);
      const [condition] = node === undefined ? [] : unhealthyConditions(node, 'clock');
      const suffers = facts.replicas?.onNode(report.node).some((replica) => replica.health === 'failing') === true;
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
    }),
  recognises: [
    {
      story: 'chrony says that the clock is five minutes slow.',
      given: {
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
  ],
  isNotFooledBy: [
    {
      story: 'A few microseconds are no skew.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'clock-offset', output: 'System time     : 0.000012 seconds fast of NTP time' }],
      },
    },
    {
      story: 'The commands say nothing about the clock.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'loadavg', output: '0.1 0.2 0.3 1/100 4242' }],
      },
    },
  ],
});
