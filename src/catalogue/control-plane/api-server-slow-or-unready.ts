import { claim } from '../../domain/citation.ts';
import { apiServerHost } from '../../domain/cluster-host.ts';
import { apiServerService, controlPlaneFindings } from '../../domain/control-plane-pods.ts';
import { distinct, repeatedTimes } from '../../domain/dependency-trouble.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { spokenSubject, subject } from '../../domain/subject.ts';

export const apiServerSlowOrUnready = defineFailureMode({
  id: 'api-server-slow-or-unready',
  title: 'The API server is not ready or slow',
  role: 'cause',
  explanation: {
    whatItIs: 'The program that everything in the cluster asks is down, unready or so slow that requests to it time out.',
    howItLooks:
      'kubectl hangs or says "connection refused"; controllers lose their leases; its log says that requests to storage time out.',
    whyItHappens: 'etcd is slow or gone, a certificate has expired, a flag is wrong, memory is short, or a client asks far too much.',
    whatStopsTheBleeding: 'Stop the client that floods it; bring etcd or the certificate in order. Running pods go on without it.',
    whatFixesIt: 'Repair what its log names.',
    howToPreventIt: "Run three of them, watch their latency and etcd's, and use priority and fairness against floods.",
  },
  sources: [
    'https://kubernetes.io/docs/reference/using-api/health-checks/',
    'https://kubernetes.io/docs/concepts/cluster-administration/flow-control/',
  ],
  needs: ['replicas'],
  helpedBy: ['container-logs', 'log-clues'],
  explains: [
    'controller-lease-stale',
    'kubelet-stopped',
    'node-not-ready',
    'aggregated-api-down',
    'scheduler-not-running',
    'dependency-times-out',
  ],
  mitigations: [],
  recognise: (facts) => {
    const found = controlPlaneFindings(
      {
        container: 'kube-apiserver',
        complains:
          /etcdserver: request timed out|context deadline exceeded.*etcd|timeout or abort while handling|"HTTP2? (?:server )?timeout"|storage.*(?:connection refused|DeadlineExceeded)|healthz check failed|readyz check failed/i,
        tellingLines: 5,
      },
      facts,
    );
    // Whoever runs on a provider's control plane never sees its pods; then its clients are heard.
    return found.length > 0 ? found : saidByClients(facts['log-clues'] ?? []);
  },
  recognises: [
    {
      story: 'The only API server crashes again and again.',
      given: { pods: [apiServer({ isReady: false, status: crashLooping({ exitCode: 1 }) })] },
      finds: [{ kind: 'Pod', namespace: 'kube-system', name: 'kube-apiserver-cp' }],
    },
    {
      story: 'It is Ready, and requests to etcd time out all the time.',
      given: {
        pods: [apiServer({})],
        'container-logs': [
          {
            namespace: 'kube-system',
            pod: 'kube-apiserver-cp',
            container: 'kube-apiserver',
            text: '2026-03-01T09:59:01Z status.go:71] apiserver received an error: etcdserver: request timed out\n'.repeat(6),
          },
        ],
      },
      finds: [{ kind: 'Pod', namespace: 'kube-system', name: 'kube-apiserver-cp' }],
    },
    {
      story: "The provider's API server cannot be seen; two operators lose their leases because it answers too late.",
      given: {
        pods: ['certs', 'dns'].map(operator),
        'container-logs': ['certs', 'dns'].map(saysStorageIsLate),
      },
      finds: [{ kind: 'Service', namespace: 'default', name: 'kubernetes' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'One operator alone says so: it may ask for too much at once.',
      given: { pods: ['certs', 'dns'].map(operator), 'container-logs': [saysStorageIsLate('certs')] },
    },
    { story: 'It was restarted last month.', given: { pods: [apiServer({ status: { restartCount: 2 } })], 'container-logs': [] } },
    {
      story: 'One request timed out.',
      given: {
        pods: [apiServer({})],
        'container-logs': [
          { namespace: 'kube-system', pod: 'kube-apiserver-cp', container: 'kube-apiserver', text: 'etcdserver: request timed out' },
        ],
      },
    },
  ],
});

/** Sentences of the API server's own that several programs got for an answer. */
function saidByClients(clues: readonly LogClue[]): readonly Finding[] {
  const said = clues.filter(
    ({ kind, host, replica, count }) =>
      kind === 'connection-timed-out' && host === apiServerHost && (replica.health === 'failing' || count >= repeatedTimes),
  );
  const clients = distinct(said.map(({ replica }) => replica.workload));
  const [first, ...more] = said;
  if (first === undefined || clients.length < leastClients) return [];
  const replicas = [...new Set(said.map(({ replica }) => replica))];
  return [
    {
      subject: apiServerService,
      weight: replicas.some(({ health }) => health === 'failing') ? 'strong' : 'likely',
      because: [
        claim(
          `${clients.map(spokenSubject).join(', ')} got the API server's answer that it or its storage took too long.`,
          first.citation,
          ...more.slice(0, 3).map(({ citation }) => citation),
        ),
      ],
      affects: [...replicas.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)), apiServerService],
    },
  ];
}

/** What one program hears alone may be its own doing. */
const leastClients = 2;

function operator(name: string): ReturnType<typeof examplePod> {
  return examplePod({ name: `${name}-1-a`, isReady: false, status: crashLooping({ exitCode: 1 }) });
}

function saysStorageIsLate(name: string): {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
} {
  const text = `error retrieving resource lock shop/${name}: etcdserver: request timed out`;
  return { namespace: 'shop', pod: `${name}-1-a`, container: 'app', text };
}

function apiServer(parts: Partial<Parameters<typeof examplePod>[0]>): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'kube-apiserver-cp',
    namespace: 'kube-system',
    node: 'cp',
    owner: { kind: 'Node', name: 'cp' },
    container: { name: 'kube-apiserver' },
    ...parts,
  });
}
