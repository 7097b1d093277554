import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { claimNames } from '../../domain/claims.ts';
import { citeEvent, eventsSince, firstSeenAt, recentEvents } from '../../domain/event-index.ts';
import type { RawObject } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Replica } from '../../domain/replica.ts';
import { type Subject, subject } from '../../domain/subject.ts';

const oneNodeModes: ReadonlySet<string> = new Set(['ReadWriteOnce', 'ReadWriteOncePod']);
const isHeld = /multi-attach|already (?:exclusively )?(?:attached|used)|volumeinuse|is in use/i;

export const volumeAttachedElsewhere = defineFailureMode({
  id: 'volume-attached-elsewhere',
  title: 'A volume is still attached to another node',
  role: 'cause',
  explanation: {
    whatItIs: 'The volume can be used on one node at a time, and it is still attached to another one, so the new pod cannot have it.',
    howItLooks:
      'The pod stays in ContainerCreating with "Multi-Attach error for volume …: Volume is already used by pod(s) …" or "already exclusively attached to one node".',
    whyItHappens:
      'The old pod still runs or hangs while terminating, its node is gone without detaching, or a rolling update starts the new pod before the old one ends.',
    whatStopsTheBleeding:
      'End the pod that holds it; where its node is dead and known to be off, taint the node out-of-service so that the volume is freed.',
    whatFixesIt: 'Use the Recreate strategy or a StatefulSet for ReadWriteOnce volumes.',
    howToPreventIt: 'Never let two replicas share a ReadWriteOnce volume, and drain nodes instead of switching them off.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
    'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown',
  ],
  needs: ['replicas', 'events'],
  helpedBy: ['volumeattachments', 'persistentvolumeclaims'],
  explains: ['volume-mount-failing'],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    return facts.replicas.failing.flatMap((replica): readonly Finding[] => {
      const { pod } = replica;
      const creating = replica.troubles.find(({ kind }) => kind === 'stuck-creating');
      // The attach controller tells it once per volume and node, so it holds until the containers are created.
      const told = creating === undefined ? recentEvents(facts.events, pod, facts.now) : eventsSince(facts.events, pod, creating.since);
      const event = told.find((each) => each.reason === 'FailedAttachVolume' && isHeld.test(each.message ?? ''));
      const names = claimNames(pod);
      const holders = holdersOf(names, replica, facts);
      if (event === undefined) return creating === undefined ? [] : heldInSilence(replica, creating.since, facts);
      const since = firstSeenAt(event);
      return [
        {
          subject: replica.workload,
          weight: 'conclusive',
          because: [
            claim(`Pod ${pod.metadata.name} cannot have its volume: ${(event.message ?? '').slice(0, 250)}`, citeEvent(event)),
            ...holders.slice(0, 3).map((holder) => holder.claim),
          ],
          ...(since === undefined ? {} : { since }),
          affects: [
            subject('Pod', pod.metadata.namespace, pod.metadata.name),
            ...names.map((name) => subject('PersistentVolumeClaim', pod.metadata.namespace, name)),
          ],
          // A node that is lost, or a pod that will not end, is why the volume is not freed.
          blames: distinct(holders.flatMap((holder) => holder.subjects)),
        },
      ];
    });
  },
  recognises: [
    {
      story: 'The old pod is on a node that is lost.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'db-1-b',
            isReady: false,
            phase: 'Pending',
            startedMinutesAgo: 10,
            podStatus: { containerStatuses: [] },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
          examplePod({
            name: 'db-1-a',
            node: 'node-2',
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-b' },
            reason: 'FailedAttachVolume',
            message: 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-1-a',
          }),
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'db-1' }],
    },
    {
      story: 'The controller has told it once, forty minutes ago, and the pod is not created to this day.',
      given: {
        pods: [waiting(45)],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-b' },
            reason: 'FailedAttachVolume',
            message: 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-1-a',
            minutesAgo: 44,
          }),
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'db-1' }],
    },
    {
      story: 'No event is left; the claim is for one node at a time, and its volume is attached to another.',
      given: {
        pods: [waiting(90)],
        events: [],
        persistentvolumeclaims: [claimed('ReadWriteOnce')],
        volumeattachments: [attachedTo('node-2')],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'db-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The volume may be used on many nodes.',
      given: {
        pods: [waiting(90)],
        events: [],
        persistentvolumeclaims: [claimed('ReadWriteMany')],
        volumeattachments: [attachedTo('node-2')],
      },
    },
    {
      story: 'The volume is attached where the pod is; something else holds it up.',
      given: {
        pods: [waiting(90)],
        events: [],
        persistentvolumeclaims: [claimed('ReadWriteOnce')],
        volumeattachments: [attachedTo('node-1')],
      },
    },
    {
      story: 'It happened for a moment while the pod moved, and the pod runs.',
      given: {
        pods: [examplePod({ name: 'db-1-b' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-b' },
            reason: 'FailedAttachVolume',
            message: 'Multi-Attach error for volume "pvc-1"',
          }),
        ],
      },
    },
    {
      story: 'Attaching fails because the provider refuses.',
      given: {
        pods: [
          examplePod({ name: 'db-1-b', isReady: false, phase: 'Pending', startedMinutesAgo: 10, podStatus: { containerStatuses: [] } }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-b' },
            reason: 'FailedAttachVolume',
            message: 'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = PermissionDenied',
          }),
        ],
      },
    },
  ],
});

/**
 * Without the event, which the API server forgets after an hour: a claim for one node at a time, its volume attached to
 * another one and not to this, and a pod that is not created because of nothing else that is told.
 */
function heldInSilence(
  replica: Replica,
  since: Instant | undefined,
  facts: Facts<'replicas' | 'events', 'volumeattachments' | 'persistentvolumeclaims'>,
): readonly Finding[] {
  const { pod } = replica;
  const here = pod.spec.nodeName;
  const held = claimNames(pod).filter((name) => {
    const found = facts.persistentvolumeclaims?.named(pod.metadata.namespace, name)?.spec;
    const isForOne = found?.accessModes.length !== 0 && found?.accessModes.every((mode) => oneNodeModes.has(mode)) === true;
    const attachments = (facts.volumeattachments?.all ?? []).filter(
      ({ spec, status }) => spec.source.persistentVolumeName === found?.volumeName && status.attached === true,
    );
    return isForOne && found?.volumeName !== undefined && attachments.length > 0 && !attachments.some(({ spec }) => spec.nodeName === here);
  });
  const holders = holdersOf(held, replica, facts);
  const [first, ...more] = holders.map((holder) => holder.claim);
  if (held.length === 0 || first === undefined) return [];
  return [
    {
      subject: replica.workload,
      weight: 'strong',
      because: [first, ...more.slice(0, 2)],
      ...(since === undefined ? {} : { since }),
      affects: [
        subject('Pod', pod.metadata.namespace, pod.metadata.name),
        ...held.map((name) => subject('PersistentVolumeClaim', pod.metadata.namespace, name)),
      ],
      blames: distinct(holders.flatMap((holder) => holder.subjects)),
    },
  ];
}

interface Holder {
  readonly claim: Claim;
  readonly subjects: readonly Subject[];
}

/** What keeps the volume: its attachment to another node, and pods on other nodes that mount the same claims. */
function holdersOf(
  names: readonly string[],
  replica: Replica,
  facts: Facts<'replicas', 'volumeattachments' | 'persistentvolumeclaims'>,
): readonly Holder[] {
  const { namespace } = replica.pod.metadata;
  const here = replica.pod.spec.nodeName;
  const volumes = names.flatMap((name) => facts.persistentvolumeclaims?.named(namespace, name)?.spec.volumeName ?? []);
  const attached = (facts.volumeattachments?.all ?? []).filter(
    ({ spec }) => volumes.includes(spec.source.persistentVolumeName ?? '') && spec.nodeName !== here,
  );
  const pods = facts.replicas.all.filter(
    ({ pod, health }) =>
      health !== 'finished' &&
      pod.metadata.namespace === namespace &&
      pod.spec.nodeName !== here &&
      claimNames(pod).some((name) => names.includes(name)),
  );
  const nodeOf = (name: string | undefined): readonly Subject[] => (name === undefined ? [] : [subject('Node', undefined, name)]);
  return [
    ...attached.map((attachment) => ({
      claim: claim(
        `The volume is attached to ${attachment.spec.nodeName ?? 'another node'}.`,
        citeObject(attachment, `nodeName ${attachment.spec.nodeName ?? '?'}`),
      ),
      subjects: nodeOf(attachment.spec.nodeName),
    })),
    ...pods.map(({ pod }) => ({
      claim: claim(
        `Pod ${pod.metadata.name} on ${pod.spec.nodeName ?? 'no node'} uses the same claim.`,
        citeObject(pod, `mounts ${names.join(', ')}`),
      ),
      subjects: [...nodeOf(pod.spec.nodeName), subject('Pod', pod.metadata.namespace, pod.metadata.name)],
    })),
  ];
}

function waiting(startedMinutesAgo: number): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'db-1-b',
    isReady: false,
    phase: 'Pending',
    startedMinutesAgo,
    podStatus: { containerStatuses: [] },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
  });
}

function claimed(mode: string): RawObject {
  return {
    metadata: { name: 'data', namespace: 'shop' },
    spec: { volumeName: 'pvc-1', accessModes: [mode] },
    status: { phase: 'Bound', accessModes: [mode] },
  };
}

function attachedTo(nodeName: string): RawObject {
  return {
    metadata: { name: `csi-${nodeName}` },
    spec: { attacher: 'ebs.csi.aws.com', nodeName, source: { persistentVolumeName: 'pvc-1' } },
    status: { attached: true },
  };
}
