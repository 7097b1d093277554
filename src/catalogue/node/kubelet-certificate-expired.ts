import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { formatInstant, millisecondsPerDay } from '../../domain/instant.ts';
import { brokenByLostNode, nodeFinding } from '../../domain/node-finding.ts';
import { readyOf } from '../../domain/node-conditions.ts';

const lostNode = exampleNode({
  name: 'node-1',
  status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: minutesAgo(58) }] },
});

export const kubeletCertificateExpired = defineFailureMode({
  id: 'kubelet-certificate-expired',
  title: "The kubelet's certificate has expired",
  role: 'cause',
  explanation: {
    whatItIs: 'The client certificate with which the kubelet proves who it is has ended, so the API server refuses it.',
    howItLooks:
      'The node is NotReady with status Unknown; the kubelet\'s journal says "certificate has expired" or "bootstrap client certificate is expired".',
    whyItHappens: 'Renewal was off, requests for a new certificate were not approved, or the machine was switched off past the end date.',
    whatStopsTheBleeding: "Let the node's pods be made elsewhere.",
    whatFixesIt: 'Give the kubelet a fresh bootstrap token or a new certificate, approve its request, and restart it.',
    howToPreventIt: 'Leave rotateCertificates on, watch requests that wait for approval, and alert on the days that are left.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/tls/certificate-rotation/',
    'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/',
  ],
  needs: ['node-reports'],
  helpedBy: ['nodes', 'replicas'],
  explains: ['kubelet-stopped', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts['node-reports'].flatMap((report): readonly Finding[] => {
      const node = facts.nodes?.named(undefined, report.node);
      const isReady = node === undefined ? undefined : readyOf(node)?.status === 'True';
      const expired = report.certificates.filter((each) => /kubelet/.test(each.path) && each.expiresAt < facts.now);
      const said = report.findings.filter(
        (each) => each.kind === 'certificate-expired' && (each.at === undefined || facts.now - each.at < millisecondsPerDay),
      );
      // A kubelet also logs the expired certificates of webhooks and registries; only a node that is lost speaks of its own.
      const telling = isReady === true ? [] : said;
      const because: readonly Claim[] = [
        ...expired.map((each) =>
          claim(
            `The kubelet's certificate on ${report.node} ended at ${formatInstant(each.expiresAt)}.`,
            citeNodeCommand(report.node, each.command, `${each.path}: notAfter ${formatInstant(each.expiresAt)}`),
          ),
        ),
        ...telling
          .slice(0, 2)
          .map((each) =>
            claim(
              `${report.node} logs: "${each.line.slice(0, 200)}".`,
              citeNodeCommand(report.node, each.command, each.line.slice(0, 200)),
            ),
          ),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      return [
        nodeFinding(
          {
            node: report.node,
            // A Ready node has renewed since: what has expired is an old file.
            weight: isReady === true ? 'weak' : expired.length > 0 ? 'conclusive' : 'strong',
            because: [first, ...more],
            // Of a journal the last lines are kept, and the kubelet repeats this one with every start: they tell no beginning.
            since: expired[0]?.expiresAt,
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'The certificate ended an hour ago and the node has not reported since.',
      given: {
        nodes: [lostNode],
        'node-commands': [
          {
            node: 'node-1',
            command: 'kubelet-certificate',
            output: 'subject=O = system:nodes, CN = system:node:node-1\nnotAfter=Mar  1 09:00:00 2026 GMT',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The kubelet starts again and again for an hour, and says why.',
      given: {
        nodes: [lostNode],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kubelet',
            output: `${minutesAgo(1)} node-1 kubelet[900]: "Part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is expired"`,
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The certificate is good for months.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'kubelet-certificate', output: 'notAfter=Dec  1 09:00:00 2026 GMT' }],
      },
    },
    {
      story: "A Ready node logs that a registry's certificate has expired.",
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kubelet',
            output: `${minutesAgo(3)} node-1 kubelet[900]: failed to pull image: x509: certificate has expired or is not yet valid`,
          },
        ],
      },
    },
  ],
});
