import { citeObject, claim } from '../../domain/citation.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import type { RawObject } from '../../domain/example.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { Replica } from '../../domain/replica.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/** A StatefulSet goes in order, and one ordinal that does not get ready holds up all after it. True, and no explanation. */
export const statefulsetStuckOnOrdinal = defineFailureMode({
  id: 'statefulset-stuck-on-ordinal',
  title: 'A StatefulSet waits for one of its ordinals',
  role: 'symptom',
  explanation: {
    whatItIs:
      'With OrderedReady the controller starts, and updates, one pod after the other and waits until each is Ready; one that never is holds up the rest.',
    howItLooks:
      'Fewer pods than replicas without any event; or a rolling update that stops at one ordinal, which not even a rollback moves on.',
    whyItHappens: 'Whatever keeps that one pod from being Ready: its volume, its node, its program.',
    whatStopsTheBleeding: 'Repair the one pod; after a rollback delete it by hand, for the controller waits for it to get Ready first.',
    whatFixesIt: 'Find out why that ordinal is not Ready.',
    howToPreventIt: 'Use podManagementPolicy Parallel where order does not matter, and partitions for updates.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees',
    'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback',
  ],
  needs: ['statefulsets', 'replicas'],
  helpedBy: [],
  explains: [],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return facts.statefulsets.all.flatMap((set) => {
      const { namespace, name } = set.metadata;
      const own = subject('StatefulSet', namespace, name);
      const members = facts.replicas.ofWorkload(own);
      const blocking = members
        .filter((replica) => replica.health === 'failing')
        .toSorted((left, right) => ordinalOf(left) - ordinalOf(right))[0];
      const isShort = members.length < (set.spec.replicas ?? 1);
      const isUpdating =
        set.status.updateRevision !== undefined &&
        set.status.currentRevision !== undefined &&
        set.status.updateRevision !== set.status.currentRevision;
      if (blocking === undefined || set.spec.podManagementPolicy === 'Parallel' || !(isShort || isUpdating)) return [];
      const what = isShort ? `${members.length} of ${set.spec.replicas ?? 1} pods exist` : 'its update stands still';
      return [
        {
          subject: own,
          weight: 'conclusive' as const,
          affects: [own, ...affectedBy([blocking])],
          ...(blocking.failingSince === undefined ? {} : { since: blocking.failingSince }),
          because: [
            claim(
              `${name} waits for ${blocking.pod.metadata.name}: ${what}.`,
              citeObject(
                set,
                `spec.replicas ${set.spec.replicas ?? 1}; status: ready ${set.status.readyReplicas ?? 0}, current ${set.status.currentRevision ?? '?'}, update ${set.status.updateRevision ?? '?'}`,
              ),
              citeObject(blocking.pod, blocking.troubles[0]?.reason ?? 'not Ready'),
            ),
          ] as const,
        },
      ];
    });
  },

  recognises: [
    {
      story: 'The first of three crashes, and the others are never made.',
      given: {
        statefulsets: [set({})],
        pods: [
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' }, isReady: false, status: crashLooping({ exitCode: 1 }) }),
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'All three are made at once, so none waits for another.',
      given: {
        statefulsets: [set({ podManagementPolicy: 'Parallel' })],
        pods: [
          examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' }, isReady: false, status: crashLooping({ exitCode: 1 }) }),
        ],
      },
    },
    {
      story: 'It is still going up, and each so far is well.',
      given: { statefulsets: [set({})], pods: [examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } })] },
    },
  ],
});

function ordinalOf({ pod }: Replica): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

function set(spec: object): RawObject {
  return {
    metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' },
    spec: { replicas: 3, ...spec },
    status: { replicas: 1, readyReplicas: 0 },
  };
}
