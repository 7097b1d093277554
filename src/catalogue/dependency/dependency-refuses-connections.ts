import { exampleProbe, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { dependencyTroubles } from '../../domain/dependency-trouble.ts';
import { dependencyFinding } from '../../domain/dependency-finding.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

const refused = 'FATAL: cannot reach the database: dial tcp 10.96.45.12:5432: connect: connection refused';

export const dependencyRefusesConnections = defineFailureMode({
  id: 'dependency-refuses-connections',
  title: 'A dependency refuses connections',
  role: 'cause',
  explanation: {
    whatItIs: 'Something that the workload needs answers its connection attempts with a refusal: nothing listens at that address and port.',
    howItLooks: 'Logs say "connection refused" with the peer\'s address; the workload crashes at start or answers with errors.',
    whyItHappens:
      'The dependency is down, scaled to zero or restarting, listens on another port or only on its loopback address, or its Service has no ready endpoint.',
    whatStopsTheBleeding: 'Bring the dependency back; restarting the clients changes nothing.',
    whatFixesIt: 'Repair what the dependency itself died of, and let clients wait and retry instead of crashing.',
    howToPreventIt:
      'Run the dependency with several replicas, readiness probes and a disruption budget, and alert on Services without endpoints.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
    'https://man7.org/linux/man-pages/man2/connect.2.html',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['service-backends', 'deployments', 'statefulsets', 'connectivity-probes', 'nodes', 'judged-alert', 'service-calls'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['connection-refused'], facts).map((trouble) =>
      dependencyFinding(
        trouble,
        {
          says: () => 'refuses connections',
          probeOutcomes: ['refused'],
          wouldSettle: ({ peer }) => [
            `From a healthy pod on another node: "nc -zv ${peer?.replace(/:(\d+)$/, ' $1') ?? '<host> <port>'}". Refused there as well: the dependency is down.`,
          ],
          subjectIs: 'dependency',
        },
        facts,
      ),
    ),
  recognises: [
    {
      story: 'Both replicas crash because PostgreSQL refuses; its only pod is not ready.',
      given: {
        pods: [
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({ name: 'pay-1-b', node: 'node-2', isReady: false, status: crashLooping({ exitCode: 1 }) }),
          examplePod({
            name: 'db-0',
            isReady: false,
            owner: { kind: 'StatefulSet', name: 'db' },
            status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }),
          }),
        ],
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
        endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, notReady: ['10.244.1.10'] })],
        'container-logs': ['pay-1-a', 'pay-1-b'].map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          isPrevious: true,
          text: refused,
        })),
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
    {
      story: 'The database is outside the cluster.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'Error: connect ECONNREFUSED 192.0.2.7:5432' },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A healthy replica was refused once while it started.',
      given: {
        pods: [examplePod({ name: 'pay-1-a' })],
        services: [],
        'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', text: `${refused}\nconnected to database` }],
      },
    },
    {
      story: 'Its own probe is refused on the pod itself: the process does not listen, and no dependency is involved.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            text: 'health check: dial tcp 127.0.0.1:8080: connect: connection refused',
          },
        ],
        'connectivity-probes': [exampleProbe({ from: 'pay-1-a', node: 'node-1', host: '127.0.0.1', port: 8080, outcome: 'refused' })],
      },
    },
  ],
});
