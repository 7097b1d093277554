import { type Claim, claim } from '../../domain/citation.ts';
import { type Collection, groupBy } from '../../domain/collection.ts';
import { containerRefusals } from '../../domain/container-refusals.ts';
import type { Instant } from '../../domain/instant.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { claimNames } from '../../domain/claims.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { citeEvent, firstSeenAt, recentEvents } from '../../domain/event-index.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import type { Replica, Replicas } from '../../domain/replica.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

/** Said of ConfigMaps, Secrets and tokens, which are no storage; those have failure modes of their own. */
const isNotStorage = /(configmap|secret|serviceaccount|object) .{0,120}not (?:found|registered)|references non-existent|kube-api-access/i;
const isMultiAttach = /multi-attach|already exclusively attached|already used by pod/i;
/** Only says that something named elsewhere is slow. */
const isEcho = /timed out waiting for the condition|context deadline exceeded$|unmounted volumes=/i;

/** The kubelet waits two minutes for the volumes of a pod before it says so and begins anew. */
const insistentTimes = 3;

interface Waiting {
  readonly replica: Replica;
  readonly events: readonly Event[];
  readonly weight: Weight;
}

export const volumeMountFailing = defineFailureMode({
  id: 'volume-mount-failing',
  title: 'A volume cannot be attached or mounted',
  role: 'cause',
  explanation: {
    whatItIs: 'The pod is placed on a node, but the storage that it mounts cannot be attached to the machine or mounted there.',
    howItLooks: "The pod stays in ContainerCreating with FailedMount or FailedAttachVolume and the driver's or the kernel's error.",
    whyItHappens:
      'The storage server is not reachable, an export or path is missing, the file system is damaged, permissions are wrong, or the node has no room for more disks.',
    whatStopsTheBleeding: "Start the pod on another node where the fault is the node's, or repair the storage server.",
    whatFixesIt: 'Repair what the error names.',
    howToPreventIt: 'Watch the storage servers from the nodes, and keep within the number of disks that a machine can hold.',
  },
  sources: ['https://kubernetes.io/docs/concepts/storage/volumes/', 'https://kubernetes.io/docs/reference/node/node-status/'],
  needs: ['replicas', 'events'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    // A pod that has only just been placed may see its first mount fail; it is given the time that mounts take.
    const waiting = facts.replicas.failing.flatMap((replica): readonly Waiting[] => {
      const events = recentEvents(facts.events, replica.pod, facts.now).filter(
        (event) =>
          ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'].includes(event.reason ?? '') &&
          !isNotStorage.test(event.message ?? '') &&
          !isMultiAttach.test(event.message ?? ''),
      );
      const telling = events.filter(
        (event) => !isEcho.test(event.message ?? '') || /rpc error|mount failed|exit status|code =/i.test(event.message ?? ''),
      );
      if (telling.length > 0) return [{ replica, events: telling, weight: 'strong' }];
      // Nobody says why, but the kubelet has given up waiting for this storage again and again.
      const waited = events.filter((event) => (event.count ?? 1) >= insistentTimes && isForStorage(event.message, replica.pod));
      return waited.length === 0 ? [] : [{ replica, events: waited, weight: 'likely' }];
    });
    const mounted = [...groupBy(waiting, ({ replica }) => subjectKey(replica.workload)).values()].flatMap((group): readonly Finding[] => {
      const first = group.find(({ weight }) => weight === 'strong') ?? group[0];
      const [event] = first?.events ?? [];
      if (first === undefined || event === undefined) return [];
      const because: readonly [Claim, ...Claim[]] = [
        claim(`Pod ${first.replica.pod.metadata.name} cannot mount its volume: ${(event.message ?? '').slice(0, 300)}`, citeEvent(event)),
      ];
      const since = firstSeenAt(event);
      const nodes = [...new Set(group.flatMap(({ replica }) => replica.pod.spec.nodeName ?? []))];
      return [
        {
          subject: first.replica.workload,
          weight: first.weight,
          because,
          ...(since === undefined ? {} : { since }),
          affects: distinct(
            group.flatMap(({ replica: { pod } }) => [
              subject('Pod', pod.metadata.namespace, pod.metadata.name),
              ...claimNames(pod).map((name) => subject('PersistentVolumeClaim', pod.metadata.namespace, name)),
            ]),
          ),
          ...(nodes.length === 1 ? { blames: nodes.map((node) => subject('Node', undefined, node)) } : {}),
        },
      ];
    });
    return [...mounted, ...refusedMounts(facts)];
  },
  recognises: [
    {
      story: 'The NFS server refuses the mount.',
      given: {
        pods: [
          examplePod({ name: 'cms-1-a', isReady: false, phase: 'Pending', startedMinutesAgo: 10, podStatus: { containerStatuses: [] } }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cms-1-a' },
            reason: 'FailedMount',
            message:
              'MountVolume.SetUp failed for volume "media" : mount failed: exit status 32 Mounting command: mount Output: mount.nfs: access denied by server while mounting 192.0.2.9:/media',
          }),
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cms-1' }],
    },
    {
      story: 'The disk is attached and takes for ever to be made ready; the kubelet says no more than that it waited.',
      given: waitsFor('media'),
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cms-1' }],
    },
    {
      story: 'The volume is there, and what should be a file in it is a directory: the runtime cannot mount it into the container.',
      given: {
        pods: [
          examplePod({
            name: 'cms-1-a',
            isReady: false,
            status: waitingFor(
              'RunContainerError',
              'error mounting "/var/lib/kubelet/pods/7c/volume-subpaths/media" to rootfs at "/etc/cms.yaml": not a directory',
            ),
          }),
        ],
        events: [],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'cms-1' }],
    },
  ],
  isNotFooledBy: [
    { story: 'What the kubelet waits for is a Secret, which is no storage.', given: waitsFor('keys') },
    { story: 'It waited once.', given: waitsFor('media', 1) },
    {
      story: 'A ConfigMap is missing: that is configuration, not storage.',
      given: {
        pods: [
          examplePod({ name: 'cms-1-a', isReady: false, phase: 'Pending', startedMinutesAgo: 10, podStatus: { containerStatuses: [] } }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cms-1-a' },
            reason: 'FailedMount',
            message: 'MountVolume.SetUp failed for volume "config" : configmap "cms" not found',
          }),
        ],
      },
    },
    {
      story: 'The mount failed once and the pod has started since.',
      given: {
        pods: [examplePod({ name: 'cms-1-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cms-1-a' },
            reason: 'FailedMount',
            message: 'MountVolume.SetUp failed for volume "media" : rpc error: code = Internal',
          }),
        ],
      },
    },
  ],
});

/** One of the volumes that the kubelet says it waited for in vain holds data of its own. */
function isForStorage(message: string | undefined, { spec }: Pod): boolean {
  const names = /unmounted volumes=\[([^\]]{0,500})\]/.exec(message ?? '')?.[1]?.split(/[\s,]+/) ?? [];
  return spec.volumes.some((volume) => volume.name !== undefined && names.includes(volume.name) && holdsData(volume));
}

function holdsData({ persistentVolumeClaim, ephemeral }: Pod['spec']['volumes'][number]): boolean {
  return persistentVolumeClaim !== undefined || ephemeral !== undefined;
}

function waitsFor(volume: string, count = 6): ExampleEvidence {
  return {
    pods: [
      examplePod({
        name: 'cms-1-a',
        isReady: false,
        phase: 'Pending',
        startedMinutesAgo: 20,
        podStatus: { containerStatuses: [] },
        spec: {
          volumes: [
            { name: 'media', persistentVolumeClaim: { claimName: 'media' } },
            { name: 'keys', secret: { secretName: 'keys' } },
          ],
        },
      }),
    ],
    events: [
      exampleEvent({
        about: { kind: 'Pod', name: 'cms-1-a' },
        reason: 'FailedMount',
        message: `Unable to attach or mount volumes: unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition`,
        count,
      }),
    ],
  };
}

/** The last step, into the container: a part of the volume that is not there, or of the wrong kind. */
const cannotMountInto =
  /failed to prepare subPath|error mounting "|(?:bind )?(?:mount )?source path .{0,200}(?:does not exist|no such file)|mount a directory onto a file/i;

function refusedMounts(facts: {
  readonly now: Instant;
  readonly replicas: Replicas;
  readonly events: Collection<Event> | undefined;
}): readonly Finding[] {
  const told = containerRefusals(facts).filter(({ text }) => cannotMountInto.test(text));
  // The state of a container and the events of its pod say the same.
  const seen = [...new Map(told.map((each) => [each.replica, each])).values()];
  return byWorkload(seen.map(({ replica, text, citation }) => ({ replica, text, citations: [citation] as const }))).map((group) =>
    findingOf(group, {
      weight: 'strong',
      because: [claimOfAll(`${countOf(group)} cannot mount a volume into its container: ${group[0].text.slice(0, 300)}`, group)],
    }),
  );
}
