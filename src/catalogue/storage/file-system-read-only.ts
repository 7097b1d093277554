import { claim } from '../../domain/citation.ts';
import { claimNames } from '../../domain/claims.ts';
import { groupBy } from '../../domain/collection.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { containerOf } from '../../domain/replica.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

export const fileSystemReadOnly = defineFailureMode({
  id: 'file-system-read-only',
  title: 'A volume of the workload has become read-only',
  role: 'cause',
  explanation: {
    whatItIs:
      'The workload may write to its volume, but the file system refuses: it was mounted read-only, or the kernel made it so after errors.',
    howItLooks: 'Logs say "Read-only file system" for a path on the volume, while the pod\'s own settings allow writing there.',
    whyItHappens:
      'Errors of the disk or of the connection to the storage, a file system that needs a check, or a volume that was attached read-only.',
    whatStopsTheBleeding: 'Move the pod to another node; fail over to a replica where there is one.',
    whatFixesIt: "Find the disk's errors in the node's kernel log, check the file system, and mount it anew.",
    howToPreventIt: 'Watch disk errors on the nodes and in the storage system.',
  },
  sources: ['https://kubernetes.io/docs/concepts/storage/volumes/', 'https://man7.org/linux/man-pages/man5/ext4.5.html'],
  needs: ['replicas', 'log-clues'],
  helpedBy: [],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'init-container-blocked', 'dependency-read-only'],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const clues = facts['log-clues'].filter(
      (clue) =>
        clue.kind === 'read-only' && /file ?system|EROFS/i.test(clue.line) && clue.replica.health === 'failing' && isOnWritableClaim(clue),
    );
    return [...groupBy(clues, (clue) => subjectKey(clue.replica.workload)).values()].flatMap((group): readonly Finding[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { pod } = first.replica;
      const replicas = [...new Set(group.map((clue) => clue.replica))];
      const nodes = [...new Set(replicas.flatMap((replica) => replica.pod.spec.nodeName ?? []))];
      const since = replicas.flatMap((replica) => replica.failingSince ?? []);
      return [
        {
          subject: first.replica.workload,
          weight: 'strong',
          because: [claim(`${pod.metadata.name} cannot write to its volume: "${first.line}".`, first.citation)],
          ...(since.length === 0 ? {} : { since: Math.min(...since) }),
          affects: distinct(
            replicas.flatMap((replica) => [
              subject('Pod', replica.pod.metadata.namespace, replica.pod.metadata.name),
              ...claimNames(replica.pod).map((name) => subject('PersistentVolumeClaim', replica.pod.metadata.namespace, name)),
            ]),
          ),
          blames: nodes.map((node) => subject('Node', undefined, node)),
          wouldSettle: [`On ${pod.spec.nodeName ?? 'the node'}: "dmesg | grep -i remount" and "grep ' ro,' /proc/mounts".`],
        },
      ];
    });
  },
  recognises: [
    {
      story: "The database's volume has become read-only.",
      given: {
        pods: [
          examplePod({
            name: 'db-0',
            owner: { kind: 'StatefulSet', name: 'db' },
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }] },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
          }),
        ],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'db-0',
            container: 'app',
            isPrevious: true,
            text: 'write /var/lib/postgresql/data/postmaster.pid: read-only file system',
          },
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: "The container's root file system is read-only because its owner asked for that.",
      given: {
        pods: [
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { securityContext: { readOnlyRootFilesystem: true }, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text: 'open /tmp/cache: read-only file system' },
        ],
      },
    },
    {
      story: "The mount is read-only by the pod's own settings.",
      given: {
        pods: [
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }] },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text: 'open /data/state: read-only file system' },
        ],
      },
    },
  ],
});

/** The line names a path below a mount of a claim that the pod may write to. */
function isOnWritableClaim({ replica: { pod }, container, line }: LogClue): boolean {
  const claimed = new Set(
    pod.spec.volumes
      .filter((volume) => volume.persistentVolumeClaim !== undefined && volume.persistentVolumeClaim.readOnly !== true)
      .map((volume) => volume.name),
  );
  const mounts = containerOf(pod, container)?.volumeMounts.filter((mount) => claimed.has(mount.name) && mount.readOnly !== true) ?? [];
  return mounts.some((mount) => mount.mountPath !== undefined && line.includes(mount.mountPath));
}
