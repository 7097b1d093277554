import { controlPlaneFindings } from '../../domain/control-plane-pods.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

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
  helpedBy: ['container-logs'],
  explains: ['controller-lease-stale', 'kubelet-stopped', 'node-not-ready', 'aggregated-api-down', 'scheduler-not-running'],
  mitigations: [],
  recognise: (facts) =>
    controlPlaneFindings(
      {
        container: 'kube-apiserver',
        complains:
          /etcdserver: request timed out|context deadline exceeded.*etcd|timeout or abort while handling|"HTTP2? (?:server )?timeout"|storage.*(?:connection refused|DeadlineExceeded)|healthz check failed|readyz check failed/i,
        tellingLines: 5,
      },
      facts,
    ),
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
  ],
  isNotFooledBy: [
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
