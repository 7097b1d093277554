import { citeMetric, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import type { ExampleEvidence, RawObject } from '../../domain/example.ts';
import { claimNames } from '../../domain/claims.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import type { MetricResult } from '../../domain/evidence.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { containerOf } from '../../domain/replica.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { type Subject, subject, subjectKey } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** ext4 keeps a twentieth back for root, so programs meet the end before the figure reaches one. */
const fullShare = 0.97;

export const volumeFull = defineFailureMode({
  id: 'volume-full',
  title: 'A volume is full',
  role: 'cause',
  explanation: {
    whatItIs: 'No space (or no inode) is left on the volume that the workload writes to, so its writes fail.',
    howItLooks: 'Logs say "No space left on device"; databases stop accepting writes or crash at start while they recover.',
    whyItHappens: 'Data grew past the size that was asked for, old data is never removed, or logs are written to the volume.',
    whatStopsTheBleeding: 'Make the claim larger where its class allows expansion, or remove what is surely not needed.',
    whatFixesIt: 'Size the volume for its growth, and remove or archive old data.',
    howToPreventIt: 'Alert on kubelet_volume_stats_available_bytes and on the day on which it will reach zero.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims',
    'https://kubernetes.io/docs/concepts/storage/volume-health-monitoring/',
  ],
  needs: ['replicas'],
  helpedBy: ['log-clues', 'metrics'],
  explains: [
    'dependency-read-only',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'init-container-blocked',
    'startup-probe-too-short',
  ],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const clues = (facts['log-clues'] ?? []).filter(
      (clue) =>
        clue.kind === 'no-space-left' &&
        clue.replica.health !== 'finished' &&
        claimNames(clue.replica.pod).length > 0 &&
        !isElsewhere(clue),
    );
    const full = (facts.metrics ?? []).flatMap(fullVolumes);
    const claims = distinct([
      ...full.map((each) => each.claim),
      // Where a pod mounts several claims, the log does not tell which one is full; the pod's owner does.
      ...clues.map((clue) => ownerOf(claimNames(clue.replica.pod), clue.replica.pod.metadata.namespace, clue.replica.workload)),
    ]);
    return claims.flatMap((own): readonly Finding[] => {
      const measured = full.filter((each) => subjectKey(each.claim) === subjectKey(own));
      const said = clues.filter(
        (clue) =>
          clue.replica.pod.metadata.namespace === own.namespace &&
          (claimNames(clue.replica.pod).includes(own.name) || subjectKey(clue.replica.workload) === subjectKey(own)),
      );
      const users = facts.replicas.all.filter(
        (replica) =>
          replica.pod.metadata.namespace === own.namespace &&
          (claimNames(replica.pod).includes(own.name) || said.some((clue) => clue.replica === replica)) &&
          replica.health !== 'finished',
      );
      const stated: readonly (Claim | undefined)[] = [
        measured[0] === undefined
          ? undefined
          : claim(`${Math.round(measured[0].share * 100)} % of the volume of claim ${own.name} is used.`, measured[0].citation),
        claimFromAll(
          `A container that mounts it says: "${said[0]?.line ?? ''}".`,
          said.slice(0, 3).map((clue) => clue.citation),
        ),
      ];
      const [first, ...more] = stated.filter((each) => each !== undefined);
      const isSuffered = users.some((replica) => replica.health === 'failing');
      if (first === undefined || (measured.length > 0 && said.length === 0 && !isSuffered)) return [];
      const weight: Weight = measured.length > 0 && said.length > 0 ? 'conclusive' : isSuffered ? 'strong' : 'suggestive';
      const since = users.flatMap((replica) => replica.failingSince ?? []);
      return [
        {
          subject: own,
          weight,
          because: [first, ...more],
          ...(since.length === 0 ? {} : { since: Math.min(...since) }),
          affects: distinct([
            own,
            ...users
              .filter((replica) => replica.health === 'failing' || said.some((clue) => clue.replica === replica))
              .flatMap((replica) => [subject('Pod', replica.pod.metadata.namespace, replica.pod.metadata.name), replica.workload]),
          ]),
          wouldSettle:
            measured.length > 0
              ? []
              : [shellCommand`kubectl -n ${own.namespace ?? 'default'} exec ${users[0]?.pod.metadata.name ?? 'POD'} -- df -h`],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'The database crashes because its volume is full.',
      given: {
        pods: [ending()],
        'container-logs': [says('PANIC: could not write to file "pg_wal/xlogtemp.29": No space left on device')],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-db-0' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The pod mounts no claim: what is full is the node or its own limit.',
      given: {
        pods: [examplePod({ name: 'cart-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text: 'write /tmp/x: no space left on device' },
        ],
      },
    },
    {
      story: 'The file that it names is not below the mount of its claim.',
      given: { pods: [ending()], 'container-logs': [says('open /tmp/sort.7: no space left on device')] },
    },
    {
      story: 'What is full is the memory that its processes share.',
      given: {
        pods: [ending()],
        'container-logs': [
          says('ERROR: could not resize shared memory segment "/PostgreSQL.18" to 16777216 bytes: No space left on device'),
        ],
      },
    },
    {
      story: "What is full is the kernel's list of watched files, in the words for a full disk.",
      given: { pods: [ending()], 'container-logs': [says('failed to create fsnotify watcher: no space left on device')] },
    },
    {
      story: 'The volume has room and its pod is well.',
      given: {
        pods: [
          examplePod({
            name: 'db-0',
            owner: { kind: 'StatefulSet', name: 'db' },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
          }),
        ],
        'container-logs': [],
      },
    },
  ],
});

/** The line names a file, and none of the container's claims is mounted above it: what is full is the node, or memory. */
function isElsewhere({ replica: { pod }, container, name }: LogClue): boolean {
  const volumes = pod.spec.volumes.filter((volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined);
  const mounted = (containerOf(pod, container)?.volumeMounts ?? []).flatMap((mount) =>
    volumes.some((volume) => volume.name === mount.name) ? (mount.mountPath ?? []) : [],
  );
  return name !== undefined && mounted.length > 0 && !mounted.some((path) => `${name}/`.startsWith(`${path.replace(/\/$/, '')}/`));
}

/** A database that ends, and has its data on a claim. */
function ending(): RawObject {
  return examplePod({
    name: 'db-0',
    owner: { kind: 'StatefulSet', name: 'db' },
    isReady: false,
    status: crashLooping({ exitCode: 1 }),
    container: { volumeMounts: [{ name: 'data', mountPath: '/var/lib/db' }] },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
  });
}

function says(text: string): NonNullable<ExampleEvidence['container-logs']>[number] {
  return { namespace: 'shop', pod: 'db-0', container: 'app', isPrevious: true, text };
}

function ownerOf(names: readonly string[], namespace: string | undefined, workload: Subject): Subject {
  const [only, another] = names;
  return only !== undefined && another === undefined ? subject('PersistentVolumeClaim', namespace, only) : workload;
}

interface FullVolume {
  readonly claim: Subject;
  readonly share: number;
  readonly citation: ReturnType<typeof citeMetric>;
}

/** Queries that divide used by capacity, or available by capacity, of kubelet_volume_stats by claim. */
function fullVolumes(metric: MetricResult): readonly FullVolume[] {
  const isShare = /kubelet_volume_stats_(used|available)_bytes.*\/.*kubelet_volume_stats_capacity_bytes/.exec(metric.expression);
  if (isShare === null) return [];
  return metric.series.flatMap((series): readonly FullVolume[] => {
    const name = series.labels['persistentvolumeclaim'];
    const last = series.points.at(-1);
    const value = last === undefined ? undefined : isShare[1] === 'used' ? last.value : 1 - last.value;
    if (name === undefined || value === undefined || value < fullShare || value > 1.01) return [];
    return [
      {
        claim: subject('PersistentVolumeClaim', series.labels['namespace'], name),
        share: value,
        citation: citeMetric(metric, `${name}: ${value.toFixed(3)}`, last?.at),
      },
    ];
  });
}
