import { type DependencyTrouble, dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { exampleProbe, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

const timedOut = 'Error: connect ETIMEDOUT 192.0.2.7:5432';

export const dependencyTimesOut = defineFailureMode({
  id: 'dependency-times-out',
  title: 'A dependency does not answer in time',
  role: 'cause',
  explanation: {
    whatItIs: 'Something that the workload needs does not answer: packets to it are lost or dropped, or it is too busy to reply.',
    howItLooks: 'Logs say "timed out", "deadline exceeded" or "no route to host" with the peer\'s address; requests hang before they fail.',
    whyItHappens:
      'A firewall or NetworkPolicy drops the packets, the host is gone, the way to it is broken, or the dependency is overloaded.',
    whatStopsTheBleeding:
      'Find out from where it does answer: if one node or zone is cut off, move the replicas; if nobody reaches it, repair or fail over the dependency.',
    whatFixesIt: 'Restore the way or the capacity of the dependency, and give clients short timeouts and a limit on retries.',
    howToPreventIt: "Measure the dependency from the clients' side and alert on its latency, not only on its own health.",
  },
  sources: [
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
    'https://man7.org/linux/man-pages/man2/connect.2.html',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: [
    'service-backends',
    'deployments',
    'statefulsets',
    'connectivity-probes',
    'nodes',
    'judged-alert',
    'service-calls',
    'networkpolicies',
  ],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['connection-timed-out', 'no-route'], facts).map((trouble) => {
      const finding = dependencyFinding(
        trouble,
        {
          says: () => 'does not answer in time',
          probeOutcomes: ['timed-out', 'unreachable'],
          wouldSettle: ({ peer }) => {
            const target = peer?.replace(/:(\d+)$/, ' $1') ?? '<host> <port>';
            return [
              `From a pod on a failing node and from one on a healthy node: "nc -zv -w 3 ${target}". Only the first fails: the node or its network. Both fail: the dependency, or what lies before it.`,
            ];
          },
          subjectIs: 'dependency',
        },
        facts,
      );
      const isUnsure = finding.weight === 'strong' && facts.networkpolicies === undefined && mayBeServed(trouble);
      return isUnsure ? { ...finding, weight: 'likely' as const } : finding;
    }),
  recognises: [
    {
      story: 'All replicas crash because the database outside the cluster does not answer; a probe from another node times out as well.',
      given: {
        pods: ['pay-1-a', 'pay-1-b'].map((name, index) =>
          examplePod({ name, node: `node-${index + 1}`, isReady: false, status: crashLooping({ exitCode: 1 }) }),
        ),
        services: [],
        'container-logs': ['pay-1-a', 'pay-1-b'].map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          isPrevious: true,
          text: timedOut,
        })),
        'connectivity-probes': [exampleProbe({ node: 'node-3', host: '192.0.2.7', port: 5432, outcome: 'timed-out' })],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'A Service of the cluster does not answer, and no replica is spared.',
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'stock-1-a', node: 'node-2' }),
        ],
        services: [exampleService({ name: 'stock', clusterIP: '10.96.3.3' })],
        endpointslices: [exampleSlice({ service: 'stock', ready: ['10.244.2.2'] })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'Get "http://stock/items": dial tcp 10.96.3.3:80: i/o timeout',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'stock-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A healthy worker polls with a timeout and says so once.',
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', text: timedOut }],
      },
    },
    {
      story: 'The replica fails for another reason and its log speaks of a refusal.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'Error: connect ECONNREFUSED 192.0.2.7:5432' },
        ],
      },
    },
  ],
});

/** As far as is known somebody stands ready behind the Service: then a policy that nobody could read may as well drop what is sent there. */
function mayBeServed({ backend }: DependencyTrouble): boolean {
  return backend !== undefined && backend.endpoints?.ready !== 0;
}
