import { controlPlaneFindings } from '../../domain/control-plane-pods.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';

export const etcdUnhealthy = defineFailureMode({
  id: 'etcd-unhealthy',
  title: 'etcd is down, full or slow',
  role: 'cause',
  explanation: {
    whatItIs: 'The database of the control plane has lost members or its quorum, has reached its size limit, or writes too slowly.',
    howItLooks:
      'The API server times out; etcd logs "database space exceeded", "slow fdatasync", "failed to send out heartbeat on time" or lost leaders.',
    whyItHappens: 'A slow or full disk, too many or too large objects (events, secrets), a lost member, or a network that delays.',
    whatStopsTheBleeding: 'Free the disk or defragment after compaction; bring a lost member back before another one goes.',
    whatFixesIt: 'Give etcd a fast disk of its own and an odd number of members, and find what writes so much.',
    howToPreventIt: 'Alert on its database size, on the time of its disk writes and on changes of leader.',
  },
  sources: [
    'https://etcd.io/docs/v3.5/op-guide/maintenance/',
    'https://etcd.io/docs/v3.5/tuning/',
    'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/',
  ],
  needs: ['replicas'],
  helpedBy: ['container-logs'],
  explains: ['api-server-slow-or-unready', 'controller-lease-stale', 'kubelet-stopped', 'node-not-ready'],
  mitigations: [],
  recognise: (facts) =>
    controlPlaneFindings(
      {
        container: 'etcd',
        complains:
          /database space exceeded|slow fdatasync|failed to send out heartbeat on time|lost leader|elected leader .* lost|no leader|apply request took too long|disk quota|NOSPACE|rafthttp: failed to (?:dial|read)|lost the TCP streaming connection/i,
        tellingLines: 10,
        upholds: ['kube-apiserver'],
        // The alarm is raised once, and writes are refused until somebody disarms it.
        standing: { begins: /alarm raised.{0,40}NOSPACE|NOSPACE.{0,40}alarm raised/i, ends: /alarm (?:disarmed|deactivated)/i },
      },
      facts,
    ),
  recognises: [
    {
      story: 'It is Ready, and raised the alarm about its size two hours ago.',
      given: { pods: [etcd({})], 'container-logs': [alarmed('', 120)] },
      finds: [{ kind: 'Pod', namespace: 'kube-system', name: 'etcd-cp' }],
    },
    {
      story: 'etcd crashes again and again.',
      given: {
        pods: [etcd({ isReady: false, status: crashLooping({ exitCode: 2 }) })],
        'container-logs': [
          {
            namespace: 'kube-system',
            pod: 'etcd-cp',
            container: 'etcd',
            isPrevious: true,
            text: '{"level":"warn","msg":"alarm raised","alarm":"NOSPACE"}\nmvcc: database space exceeded',
          },
        ],
      },
      finds: [{ kind: 'Pod', namespace: 'kube-system', name: 'etcd-cp' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'It was full, and somebody made room and disarmed the alarm.',
      given: { pods: [etcd({})], 'container-logs': [alarmed('{"level":"info","msg":"alarm disarmed","alarm":"NOSPACE"}', 120)] },
    },
    {
      story: 'It is well and was slow once.',
      given: {
        pods: [etcd({})],
        'container-logs': [
          { namespace: 'kube-system', pod: 'etcd-cp', container: 'etcd', text: '{"level":"warn","msg":"apply request took too long"}' },
        ],
      },
    },
    {
      story: 'An application happens to run a container of another name.',
      given: { pods: [examplePod({ name: 'store-1-a', isReady: false })], 'container-logs': [] },
    },
  ],
});

function alarmed(after: string, minutes: number): NonNullable<ExampleEvidence['container-logs']>[number] {
  const raised = `${minutesAgo(minutes)} {"level":"warn","msg":"alarm raised","alarm":"NOSPACE"}`;
  const text = after === '' ? raised : `${raised}\n${minutesAgo(minutes - 5)} ${after}`;
  return { namespace: 'kube-system', pod: 'etcd-cp', container: 'etcd', text };
}

function etcd(parts: Partial<Parameters<typeof examplePod>[0]>): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'etcd-cp',
    namespace: 'kube-system',
    node: 'cp',
    owner: { kind: 'Node', name: 'cp' },
    container: { name: 'etcd' },
    ...parts,
  });
}
