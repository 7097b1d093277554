import { citeList, citeObject, claim } from '../../domain/citation.ts';
import { affectedBy, claimSubject, defaultClass, pendingClaims } from '../../domain/claims.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { exampleClaim, exampleStorageClass, exampleVolume } from '../../domain/example-storage.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { mostSimilar } from '../../domain/similar-name.ts';

export const storageClassMissing = defineFailureMode({
  id: 'storage-class-missing',
  title: 'A claim asks for a storage class that does not exist',
  role: 'cause',
  explanation: {
    whatItIs:
      'The claim names a StorageClass that the cluster does not have, or names none and the cluster has no default, so nobody makes a volume.',
    howItLooks:
      'The claim is Pending; its events say "storageclass … not found" or "no persistent volumes available for this claim and no storage class is set".',
    whyItHappens: 'A manifest of another cluster or provider, a slip in the name, or a class that was deleted or lost its mark as default.',
    whatStopsTheBleeding: 'Create a class of that name, or mark one as default; the claim is then served by itself.',
    whatFixesIt: "Name a class that exists; a claim's class cannot be changed, so it has to be made anew.",
    howToPreventIt: 'Keep class names the same in all clusters and check them before applying.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/storage-classes/',
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1',
  ],
  needs: ['persistentvolumeclaims', 'storageclasses'],
  helpedBy: ['replicas', 'persistentvolumes'],
  explains: ['claim-pending', 'claim-matches-no-volume', 'provisioner-failing'],
  mitigations: [],
  recognise: (facts) =>
    pendingClaims(facts).flatMap((pending): readonly Finding[] => {
      const { spec, metadata } = pending.claim;
      // A volume made by hand may carry a class name that no StorageClass has; then the match decides.
      const isHandMade =
        facts.persistentvolumes?.all.some(
          (volume) =>
            volume.spec.storageClassName === pending.className &&
            volume.spec.storageClassName !== '' &&
            volume.spec.storageClassName !== undefined,
        ) === true;
      if (
        pending.storageClass !== undefined ||
        !facts.storageclasses.isComplete(undefined) ||
        spec.storageClassName === '' ||
        isHandMade ||
        (spec.volumeName !== undefined && spec.volumeName !== '')
      )
        return [];
      const names = facts.storageclasses.all.map((each) => each.metadata.name);
      const isUnnamed = pending.className === undefined;
      if (isUnnamed && defaultClass(facts.storageclasses) !== undefined) return [];
      const similar = pending.className === undefined ? undefined : mostSimilar(pending.className, names);
      const hint = similar === undefined ? '' : ` There is "${similar}".`;
      const says = isUnnamed
        ? `Claim ${metadata.name} names no class, and no class is the default.`
        : `Claim ${metadata.name} asks for class "${pending.className}", which does not exist.${hint}`;
      return [
        {
          subject: claimSubject(pending.claim),
          weight: 'conclusive',
          because: [
            claim(
              says,
              citeObject(pending.claim, `spec.storageClassName: ${spec.storageClassName ?? 'not set'}`),
              citeList('storageclasses', undefined, `classes: ${names.join(', ') || 'none'}`),
            ),
          ],
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: affectedBy(pending),
        },
      ];
    }),
  recognises: [
    {
      story: 'The class is called "standard", the claim says "standart".',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'standart' } })],
        storageclasses: [exampleStorageClass({ name: 'standard' })],
        pods: [
          examplePod({
            name: 'db-1-a',
            node: null,
            isReady: false,
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
    {
      story: 'No class is named and none is the default.',
      given: {
        persistentvolumeclaims: [
          {
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'data', namespace: 'shop' },
            spec: { accessModes: ['ReadWriteOnce'] },
            status: { phase: 'Pending' },
          },
        ],
        storageclasses: [exampleStorageClass({ name: 'slow' })],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Not all classes could be read.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'standart' } })],
        storageclasses: [exampleStorageClass({ name: 'standard' })],
        notReadIn: { storageclasses: [] },
      },
    },
    {
      story: 'A volume made by hand carries the class name, and binding fails for another reason.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', spec: { storageClassName: 'manual' } })],
        storageclasses: [],
        persistentvolumes: [exampleVolume({ name: 'disk', spec: { storageClassName: 'manual', capacity: { storage: '1Gi' } } })],
      },
    },
    {
      story: 'The class is the default.',
      given: { persistentvolumeclaims: [exampleClaim({ name: 'data' })], storageclasses: [exampleStorageClass({ isDefault: true })] },
    },
  ],
});
