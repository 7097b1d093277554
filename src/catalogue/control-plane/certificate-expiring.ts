import { citeNodeCommand, claim } from '../../domain/citation.ts';
import type { Alert } from '../../domain/alert.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { formatInstant, millisecondsPerDay, spokenDuration } from '../../domain/instant.ts';
import { nodeFinding } from '../../domain/node-finding.ts';

/** kubeadm renews on upgrades only; two weeks leave time for one. */
const soonMilliseconds = 14 * millisecondsPerDay;
/** With less than a week left somebody has to renew it in these days. */
const urgentMilliseconds = 7 * millisecondsPerDay;

export const certificateExpiring = defineFailureMode({
  id: 'certificate-expiring',
  title: 'A certificate of the control plane has expired or soon will',
  role: 'cause',
  explanation: {
    whatItIs: 'A certificate with which parts of the control plane recognise one another has ended, or ends within days.',
    howItLooks: 'kubectl or components say "x509: certificate has expired"; parts of the control plane crash or cannot reach one another.',
    whyItHappens: "kubeadm's certificates last a year and are renewed by upgrades; a cluster that nobody upgraded runs out.",
    whatStopsTheBleeding: 'Renew the certificates ("kubeadm certs renew all") and restart the control plane\'s pods.',
    whatFixesIt: 'Upgrade at least once a year, or renew by a timer.',
    howToPreventIt: 'Alert on the days that are left, at thirty and at seven.',
  },
  sources: ['https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/'],
  needs: ['node-reports'],
  helpedBy: ['replicas', 'judged-alert'],
  explains: ['api-server-slow-or-unready', 'etcd-unhealthy', 'controller-lease-stale', 'aggregated-api-down', 'kubelet-stopped'],
  mitigations: [],
  recognise: (facts) =>
    facts['node-reports'].flatMap((report): readonly Finding[] => {
      const ending = report.certificates
        .filter((each) => !/kubelet/.test(each.path) && each.expiresAt - facts.now < soonMilliseconds)
        .toSorted((left, right) => left.expiresAt - right.expiresAt);
      const [first, ...more] = ending.map((each) => {
        const left = each.expiresAt - facts.now;
        const says =
          left < 0
            ? `The certificate ${each.path} on ${report.node} ended ${spokenDuration(left)} ago.`
            : `The certificate ${each.path} on ${report.node} ends in ${spokenDuration(left)}.`;
        return {
          left,
          at: each.expiresAt,
          claim: claim(says, citeNodeCommand(report.node, each.command, `${each.path}: ${formatInstant(each.expiresAt)}`)),
        };
      });
      if (first === undefined) return [];
      // What has not ended yet has broken nothing yet; but a page about it that the node bears out is explained.
      return [
        nodeFinding(
          {
            node: report.node,
            weight:
              first.left < 0
                ? 'conclusive'
                : isPagedFor(facts['judged-alert']?.alert)
                  ? 'strong'
                  : first.left < urgentMilliseconds
                    ? 'likely'
                    : 'weak',
            because: [first.claim, ...more.slice(0, 4).map((each) => each.claim)],
            since: first.left < 0 ? first.at : undefined,
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: "The API server's certificate ended yesterday.",
      given: {
        nodes: [exampleNode({ name: 'cp' })],
        'node-commands': [
          {
            node: 'cp',
            command: 'control-plane-certificates',
            output:
              'CERTIFICATE  EXPIRES  RESIDUAL TIME\napiserver                  Feb 28, 2026 02:43 UTC   <invalid>       ca                      no',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'cp' }],
    },
    {
      story: 'Nothing is broken yet: the certificate of the API server ends in three days.',
      given: {
        nodes: [exampleNode({ name: 'cp' })],
        'node-commands': [
          {
            node: 'cp',
            command: 'control-plane-certificates',
            output: 'apiserver                  Mar 04, 2026 10:00 UTC   3d              ca                      no',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'cp' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'There are months left.',
      given: {
        'node-commands': [
          {
            node: 'cp',
            command: 'control-plane-certificates',
            output: 'apiserver                  Nov 10, 2026 02:43 UTC   254d            ca                      no',
          },
        ],
      },
    },
    {
      story: "The kubelet's own certificate has a failure mode of its own.",
      given: { 'node-commands': [{ node: 'node-1', command: 'kubelet-certificate', output: 'notAfter=Feb 28 09:00:00 2026 GMT' }] },
    },
  ],
});

/** Pages about certificates of ingresses and webhooks are about others than these. */
function isPagedFor(alert: Alert | undefined): boolean {
  const said = alert === undefined ? '' : `${alert.name} ${alert.summary}`;
  return /certificate|\bcerts?\b|x509/i.test(said) && /kube(?!let)|api ?server|control[- ]plane|etcd|client certificate/i.test(said);
}
