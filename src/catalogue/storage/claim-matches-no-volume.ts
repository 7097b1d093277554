import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { affectedBy, bindingObstacles, claimSubject, isLost, pendingClaims } from '../../domain/claims.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { exampleClaim, exampleStorageClass, exampleVolume } from '../../domain/example-storage.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';

export const claimMatchesNoVolume = defineFailureMode({
  id: 'claim-matches-no-volume',
  title: 'No existing volume fits what a claim asks for',
  role: 'cause',
  explanation: {
    whatItIs:
      'The claim can only be served by a volume that somebody has made, and each of them is too small, of another class or access mode, or taken.',
    howItLooks:
      'The claim is Pending with "no persistent volumes available for this claim"; `kubectl get pv` shows volumes that look close.',
    whyItHappens:
      'Size, class, access mode or labels differ between claim and volume, the volume is Released and still belongs to a claim that is gone, or the volume of a bound claim was deleted (Lost).',
    whatStopsTheBleeding: 'Make a volume that fits, or clear the claimRef of a Released one after its data was looked at.',
    whatFixesIt: 'Bring claim and volume in line, or let a provisioner make volumes.',
    howToPreventIt: 'Write claim and volume from one template, and alert on Released volumes.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming',
  ],
  needs: ['persistentvolumeclaims', 'persistentvolumes'],
  helpedBy: ['storageclasses', 'replicas'],
  // Nobody can make a volume for it, whatever a provisioner was asked.
  explains: ['claim-pending', 'provisioner-failing'],
  mitigations: [],
  recognise: (facts) =>
    pendingClaims(facts).flatMap((pending): readonly Finding[] => {
      const { metadata, spec } = pending.claim;
      // A class with a provisioner makes its own volumes; only without one must an existing volume fit.
      const isStatic =
        spec.storageClassName === '' ||
        pending.storageClass?.provisioner === 'kubernetes.io/no-provisioner' ||
        (spec.volumeName ?? '') !== '' ||
        spec.selector !== undefined;
      const hasHandMade =
        pending.storageClass === undefined &&
        facts.persistentvolumes.all.some((volume) => (volume.spec.storageClassName ?? '') === (pending.className ?? ''));
      if (!isStatic && !hasHandMade) return [];
      const judged = facts.persistentvolumes.all.map((volume) => ({ volume, obstacles: bindingObstacles(pending.claim, volume) }));
      if (judged.some((each) => each.obstacles.length === 0) || !facts.persistentvolumes.isComplete(undefined)) return [];
      const closest = judged
        .toSorted(
          (left, right) =>
            left.obstacles.length - right.obstacles.length || left.volume.metadata.name.localeCompare(right.volume.metadata.name),
        )
        .slice(0, 3);
      const because: readonly Claim[] = closest
        .filter((each) => each.obstacles.length <= 2)
        .map(({ volume, obstacles }) =>
          claim(
            `Volume ${volume.metadata.name} does not fit: ${obstacles.join('; ')}.`,
            citeObject(
              volume,
              `${volume.status.phase ?? '?'}, ${volume.spec.capacity.storage ?? '?'}, ${volume.spec.accessModes.join(' ')}, class "${volume.spec.storageClassName ?? ''}"`,
            ),
          ),
        );
      const asked = `${spec.resources.requests.storage ?? '?'}, ${spec.accessModes.join(' ')}, class "${spec.storageClassName ?? ''}"`;
      return [
        {
          subject: claimSubject(pending.claim),
          weight: 'conclusive',
          because: [
            claim(
              isLost(pending.claim)
                ? `Claim ${metadata.name} is Lost: volume ${spec.volumeName ?? '?'}, to which it was bound, is not there any more.`
                : `Claim ${metadata.name} asks for ${asked}, and none of ${judged.length} volumes fits.`,
              citeObject(pending.claim, asked),
              citeList('persistentvolumes', undefined, `${judged.length} volumes`),
            ),
            ...because,
          ],
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: affectedBy(pending),
        },
      ];
    }),
  recognises: [
    {
      story: 'The only volume of the class is too small.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'manual' } })],
        storageclasses: [],
        persistentvolumes: [exampleVolume({ name: 'disk', spec: { storageClassName: 'manual', capacity: { storage: '5Gi' } } })],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
    {
      story: 'The volume is Released and still belongs to a claim that was deleted.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        storageclasses: [exampleStorageClass({ fields: { provisioner: 'kubernetes.io/no-provisioner' } })],
        persistentvolumes: [
          exampleVolume({
            name: 'disk',
            phase: 'Released',
            spec: { claimRef: { namespace: 'shop', name: 'data', uid: 'uid-of-the-old-one' } },
          }),
        ],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
    {
      story: 'Somebody deleted the volume of a bound claim.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', phase: 'Lost', spec: { volumeName: 'pvc-0001' } })],
        storageclasses: [exampleStorageClass({})],
        persistentvolumes: [exampleVolume({ name: 'disk' })],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Not all volumes could be read.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'manual' } })],
        storageclasses: [],
        persistentvolumes: [exampleVolume({ name: 'disk', spec: { storageClassName: 'manual', capacity: { storage: '5Gi' } } })],
        notReadIn: { persistentvolumes: [] },
      },
    },
    {
      story: 'A provisioner will make the volume.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        storageclasses: [exampleStorageClass({})],
        persistentvolumes: [],
        pods: [examplePod({ name: 'cart-1-a' })],
      },
    },
    {
      story: 'A volume fits and will be bound at the next look.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'manual' } })],
        storageclasses: [],
        persistentvolumes: [exampleVolume({ name: 'disk', spec: { storageClassName: 'manual' } })],
      },
    },
  ],
});
