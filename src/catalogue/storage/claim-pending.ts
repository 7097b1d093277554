import { citeObject, claim } from '../../domain/citation.ts';
import { affectedBy, claimSubject, pendingClaims } from '../../domain/claims.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { exampleClaim, exampleStorageClass } from '../../domain/example-storage.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';

/** Making a volume takes a provider seconds, at times a minute or two. */
const ordinaryMilliseconds = 2 * millisecondsPerMinute;

export const claimPending = defineFailureMode({
  id: 'claim-pending',
  title: 'A claim for storage gets no volume',
  role: 'symptom',
  explanation: {
    whatItIs: 'A PersistentVolumeClaim is neither bound to a volume that exists nor given a new one, so pods that mount it cannot start.',
    howItLooks: 'The claim is Pending; its pods are Pending with "unbound immediate PersistentVolumeClaims".',
    whyItHappens: 'Its class does not exist, the provisioner fails or is not installed, or no volume fits what it asks for.',
    whatStopsTheBleeding: 'Run the workload without the volume, or on a volume of another class, where its data allows that.',
    whatFixesIt: "Look at the claim's events and repair what they name.",
    howToPreventIt: 'Alert on claims that stay Pending for minutes, and keep classes the same in all clusters.',
  },
  sources: ['https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding'],
  needs: ['persistentvolumeclaims'],
  helpedBy: ['replicas', 'storageclasses', 'events'],
  explains: [],
  mitigations: [],
  recognise: (facts) =>
    pendingClaims(facts).flatMap((pending): readonly Finding[] => {
      const { metadata } = pending.claim;
      const age = metadata.creationTimestamp === undefined ? undefined : facts.now - metadata.creationTimestamp;
      // Without the class it cannot be known whether a claim that nobody uses only waits for its first consumer.
      if ((age !== undefined && age < ordinaryMilliseconds) || (pending.storageClass === undefined && pending.waiting.length === 0))
        return [];
      const events = recentEvents(facts.events, pending.claim, facts.now)
        .slice(0, 2)
        .map((event) => claim(`It is said about it: ${(event.message ?? '').slice(0, 250)}`, citeEvent(event)));
      return [
        {
          subject: claimSubject(pending.claim),
          weight: 'conclusive',
          because: [
            claim(
              `Claim ${metadata.name} has no volume.`,
              citeObject(pending.claim, `status.phase: ${pending.claim.status.phase ?? '?'}`, metadata.creationTimestamp),
            ),
            ...events,
          ],
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: affectedBy(pending),
        },
      ];
    }),
  recognises: [
    {
      story: 'A claim of a class that binds at once has waited for ten minutes.',
      given: { persistentvolumeclaims: [exampleClaim({ name: 'data' })], storageclasses: [exampleStorageClass({})] },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The class waits for the first consumer, and there is none.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        storageclasses: [exampleStorageClass({ fields: { volumeBindingMode: 'WaitForFirstConsumer' } })],
        pods: [examplePod({ name: 'cart-1-a' })],
      },
    },
    {
      story: 'The claim is bound.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', phase: 'Bound' })],
        storageclasses: [exampleStorageClass({})],
        now: minutesAgo(0),
      },
    },
  ],
});
