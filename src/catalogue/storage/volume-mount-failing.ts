import { type Claim, claim } from '../../domain/citation.ts';
import { claimNames } from '../../domain/claims.ts';
import { groupBy } from '../../domain/collection.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { citeEvent, firstSeenAt, recentEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

/** Said of ConfigMaps, Secrets and tokens, which are no storage; those have failure modes of their own. */
const isNotStorage = /(configmap|secret|serviceaccount|object) .{0,120}not (?:found|registered)|references non-existent|kube-api-access/i;
const isMultiAttach = /multi-attach|already exclusively attached|already used by pod/i;
/** Only says that something named elsewhere is slow. */
const isEcho = /timed out waiting for the condition|context deadline exceeded$|unmounted volumes=/i;

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
    const waiting = facts.replicas.failing.flatMap((replica) => {
      const events = recentEvents(facts.events, replica.pod, facts.now).filter(
        (event) =>
          ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'].includes(event.reason ?? '') &&
          !isNotStorage.test(event.message ?? '') &&
          !isMultiAttach.test(event.message ?? ''),
      );
      const telling = events.filter(
        (event) => !isEcho.test(event.message ?? '') || /rpc error|mount failed|exit status|code =/i.test(event.message ?? ''),
      );
      return telling.length === 0 ? [] : [{ replica, events: telling }];
    });
    return [...groupBy(waiting, ({ replica }) => subjectKey(replica.workload)).values()].flatMap((group): readonly Finding[] => {
      const [first] = group;
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
          weight: 'strong',
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
  ],
  isNotFooledBy: [
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
