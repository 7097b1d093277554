import { type Citation, citeObject } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { containerOf, type Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings, siblingsAreFine } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The program wants to write where it may not: a volume that belongs to another user, a read-only mount or a read-only root. */
export const volumeNotWritable = defineFailureMode({
  id: 'volume-not-writable',
  title: 'The program may not write where it has to',
  role: 'cause',
  explanation: {
    whatItIs: 'The user that the container runs as has no right to write into the volume or directory, or it is mounted read-only.',
    howItLooks: 'The log says "permission denied" or "read-only file system" with a path, and the container ends.',
    whyItHappens:
      'A security context with another user, a missing fsGroup, a volume written by root before, readOnly on the mount, readOnlyRootFilesystem without a volume for temporary files.',
    whatStopsTheBleeding: 'Roll back to the revision whose user and mounts fit.',
    whatFixesIt: 'Set fsGroup or the owner of the data; mount an emptyDir where the program writes; drop readOnly.',
    howToPreventIt: 'Run the image in the pipeline as the user and with the mounts that it will have.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
    'https://kubernetes.io/docs/concepts/storage/volumes/',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: [],
  explains: [
    'bad-revision',
    'init-container-blocked',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'job-backoff-limit',
    'job-failed',
  ],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica).flatMap(({ container }) => {
        const clue = facts['log-clues'].find(
          (each) =>
            each.replica === replica && each.container === container && each.isNearEnd && isAboutFile(each) && !isReading(each.line),
        );
        const judged = clue === undefined ? undefined : judge(replica, container, clue);
        return clue === undefined || judged === undefined
          ? []
          : [
              {
                replica,
                container,
                clue,
                ...judged,
                citations: [clue.citation, ...judged.shown, citeEnd(replica.pod, container)] as const,
              },
            ];
      }),
    );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ replica, container, clue, weight, why }] = group;
      const siblings = healthySiblings(replica, facts.replicas.ofWorkload(replica.workload));
      return findingOf(group, {
        weight: siblings.length > 0 ? 'suggestive' : weight,
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} ends because it may not write ${clue.name ?? 'a file'}: ${why}.`, group),
        ],
        against: siblingsAreFine(siblings, 'Replicas with the same template may write.'),
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} get pod ${replica.pod.metadata.name} -o jsonpath='{.spec.securityContext}'`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'The volume belongs to another user.',
      given: {
        pods: [crashing({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
        'container-logs': [log('open /data/store.db: permission denied')],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The root is read-only, and the program writes beside its code.',
      given: {
        pods: [crashing({ securityContext: { readOnlyRootFilesystem: true } })],
        'container-logs': [log("Error: EROFS: read-only file system, mkdir '/app/cache'")],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'It may not open a low port.',
      given: { pods: [crashing({})], 'container-logs': [log('listen tcp :80: bind: permission denied')] },
    },
    {
      story: 'A file system went read-only under a mount that is not: the disk has trouble.',
      given: {
        pods: [crashing({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
        'container-logs': [log('write /data/wal: Read-only file system')],
      },
    },
    {
      story: 'It complains and goes on.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        'container-logs': [log('mkdir /var/cache: permission denied, caching in memory')],
      },
    },
  ],
});

/** A file that may not be read is another trouble: a wrong owner or mode of a configuration, not a volume that takes no writes. */
function isReading(line: string): boolean {
  return /\b(?:l?stat|readdir|read|reading|load|loading|parse|exec|fork\/exec|access) ['"]?\/|\.(?:kubeconfig|conf|cfg|crt|pem|key|ya?ml)\b['"]?: permission denied/i.test(
    line,
  );
}

function isAboutFile(clue: LogClue): boolean {
  // Other servers deny permission as well, and say nothing of files.
  const isFile = clue.name !== undefined || /director(?:y|ies)|file|folder|path|mkdir|chmod|chown|open|writ|creat/i.test(clue.line);
  return (
    clue.port === undefined &&
    isFile &&
    (clue.kind === 'permission-denied' || (clue.kind === 'read-only' && /read-only file ?system|EROFS/i.test(clue.line)))
  );
}

interface Judgement {
  readonly weight: Weight;
  readonly why: string;
  readonly shown: readonly Citation[];
}

function judge(replica: Replica, container: string, clue: LogClue): Judgement | undefined {
  const { pod } = replica;
  const spec = containerOf(pod, container);
  const mounts = (spec?.volumeMounts ?? []).filter(
    ({ mountPath }) =>
      mountPath !== undefined &&
      clue.name !== undefined &&
      (clue.name === mountPath || clue.name.startsWith(`${mountPath.replace(/\/$/, '')}/`)),
  );
  const mount = mounts.toSorted((left, right) => (right.mountPath?.length ?? 0) - (left.mountPath?.length ?? 0))[0];
  const user = spec?.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  const group = pod.spec.securityContext?.fsGroup;
  const asWhom = `runs as user ${user ?? 'of the image'}, fsGroup ${group ?? 'not set'}`;
  if (mount !== undefined) {
    const shown = [citeObject(pod, `volumeMounts[${mount.name}]: ${mount.mountPath}, readOnly ${mount.readOnly ?? false}; ${asWhom}`)];
    if (mount.readOnly === true || isAlwaysReadOnly(pod, mount.name))
      return { weight: 'conclusive', why: `volume ${mount.name} is mounted read-only`, shown };
    // A file system that the kernel turned read-only is the trouble of its disk.
    return clue.kind === 'read-only'
      ? undefined
      : { weight: 'strong', why: `the volume ${mount.name} belongs to somebody else (the container ${asWhom})`, shown };
  }
  if (clue.kind === 'read-only' && spec?.securityContext?.readOnlyRootFilesystem === true)
    return {
      weight: 'conclusive',
      why: 'its root file system is read-only',
      shown: [citeObject(pod, 'securityContext.readOnlyRootFilesystem: true')],
    };
  if (clue.kind === 'read-only') return undefined;
  return { weight: clue.name === undefined ? 'suggestive' : 'strong', why: `the container ${asWhom}`, shown: [citeObject(pod, asWhom)] };
}

/** ConfigMaps, Secrets and projections can never be written to. */
function isAlwaysReadOnly(pod: Pod, name: string | undefined): boolean {
  const volume = pod.spec.volumes.find((each) => each.name === name);
  return (
    volume?.configMap !== undefined ||
    volume?.secret !== undefined ||
    volume?.projected !== undefined ||
    volume?.persistentVolumeClaim?.readOnly === true
  );
}

type Pod = Replica['pod'];

function crashing(container: object): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container: { ...container },
    status: crashLooping({ exitCode: 1 }),
  });
}

function log(text: string): { readonly namespace: string; readonly pod: string; readonly container: string; readonly text: string } {
  return { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text };
}
