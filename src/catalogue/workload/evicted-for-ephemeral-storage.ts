import { type Citation, citeObject } from '../../domain/citation.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../../domain/instant.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** The kubelet's words for a pod that went over a limit of its own; for a node that is short it says "low on resource". */
const ownLimit =
  /exceeds? (?:its |the )?(?:local )?ephemeral[- ]storage|ephemeral local storage usage exceeds|usage of EmptyDir volume .{0,200} exceeds the limit|exceeded its local ephemeral storage limit/i;
/** Evicted pods stay as traces; those of the last hour are part of what happens today. */
const recentMilliseconds = millisecondsPerHour;

/** A pod wrote more to its own disk than it may, and the kubelet removed it. */
export const evictedForEphemeralStorage = defineFailureMode({
  id: 'evicted-for-ephemeral-storage',
  title: 'Pods write more to local disk than they may, and are evicted',
  role: 'cause',
  explanation: {
    whatItIs:
      'Logs, the writable layer and emptyDir volumes of a pod grew beyond its ephemeral-storage limit or the sizeLimit of a volume; the kubelet evicts it.',
    howItLooks:
      'Pods in Evicted, message "Pod ephemeral local storage usage exceeds the total limit of containers" or "Usage of EmptyDir volume … exceeds the limit".',
    whyItHappens: 'Temporary files that nobody removes, chatty logs, a cache without bounds, a limit that is too small.',
    whatStopsTheBleeding: 'Raise the limit where the node has disk; roll back if the revision brought the writing.',
    whatFixesIt: 'Bound what is written, or give it a volume of its own.',
    howToPreventIt: 'Alert on ephemeral storage near its limit; rotate logs by size.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/ephemeral-storage/',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  ],
  needs: ['replicas'],
  helpedBy: ['events'],
  explains: ['bad-revision', 'job-backoff-limit', 'job-failed'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.all.flatMap((replica) => {
      const { pod } = replica;
      if (pod.status.phase !== 'Failed' || pod.status.reason !== 'Evicted') return [];
      const told = recentEvents(facts.events, pod, facts.now).filter(
        (event) => event.reason === 'Evicted' && ownLimit.test(event.message ?? ''),
      );
      const isOwn = ownLimit.test(pod.status.message ?? '') || told.length > 0;
      const at = endedAt(replica);
      if (!isOwn || at === undefined || facts.now - at > recentMilliseconds) return [];
      const citations: readonly [Citation, ...Citation[]] = [
        citeObject(pod, `status: Evicted: ${pod.status.message ?? ''}`, at),
        ...told.slice(0, 1).map(citeEvent),
      ];
      return [{ replica, since: at, citations }];
    });
    return byWorkload(seen).map((group) => {
      const members = facts.replicas.ofWorkload(group[0].replica.workload);
      const isMissed = members.some((replica) => replica.health === 'failing' || replica.health === 'starting');
      return findingOf(group, {
        weight: isMissed || group.length > 1 ? 'conclusive' : 'suggestive',
        because: [
          claimOfAll(
            `${countOf(group)} of ${group[0].replica.workload.name} were evicted for writing more to local disk than they may.`,
            group,
          ),
        ],
      });
    });
  },

  recognises: [
    {
      story: 'Two replicas went over their limit within the hour.',
      given: {
        pods: [
          evicted('cart-7f9-a', 20),
          evicted('cart-7f9-b', 5),
          examplePod({ name: 'cart-7f9-c', labels: { 'pod-template-hash': '7f9' } }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The node was short of disk: the pod only had to make room.',
      given: {
        pods: [evicted('cart-7f9-a', 5, 'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 9Gi.')],
      },
    },
    {
      story: 'A trace of last week.',
      given: { pods: [evicted('cart-7f9-a', 60 * 24 * 7), examplePod({ name: 'cart-7f9-c', labels: { 'pod-template-hash': '7f9' } })] },
    },
  ],
});

function endedAt({ pod, failingSince }: Replica): Instant | undefined {
  const disrupted = pod.status.conditions.find((condition) => condition.type === 'DisruptionTarget')?.lastTransitionTime;
  const ends = pod.status.containerStatuses.flatMap((status) => status.state.terminated?.finishedAt ?? []);
  return disrupted ?? (ends.length > 0 ? Math.max(...ends) : failingSince) ?? pod.status.startTime;
}

function evicted(
  name: string,
  endedMinutesAgo: number,
  message = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
): ReturnType<typeof examplePod> {
  return examplePod({
    name,
    isReady: false,
    phase: 'Failed',
    labels: { 'pod-template-hash': '7f9' },
    startedMinutesAgo: endedMinutesAgo + 30,
    podStatus: {
      reason: 'Evicted',
      message,
      conditions: [
        { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', lastTransitionTime: minutesAgo(endedMinutesAgo) },
      ],
      containerStatuses: [],
    },
  });
}
