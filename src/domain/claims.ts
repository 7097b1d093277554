import type { Collection } from './collection.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from './kubernetes/storage.ts';
import { parseQuantity } from './quantity.ts';
import { matchesSelector } from './label-selector.ts';
import { type Subject, subject } from './subject.ts';
import type { Replica, Replicas } from './replica.ts';

/** A claim that should have a volume and has none. */
export interface PendingClaim {
  readonly claim: PersistentVolumeClaim;
  /** Pods that cannot start without it. */
  readonly waiting: readonly Replica[];
  readonly storageClass: StorageClass | undefined;
  /** The name that the claim asks for. Absent: the default class. Empty: none, only volumes that exist. */
  readonly className: string | undefined;
}

export interface ClaimFacts {
  readonly persistentvolumeclaims: Collection<PersistentVolumeClaim>;
  readonly storageclasses: Collection<StorageClass> | undefined;
  readonly replicas: Replicas | undefined;
}

/** Its volume is gone. Only the control plane says so, of a claim that was bound. */
export function isLost({ status }: PersistentVolumeClaim): boolean {
  return status.phase === 'Lost';
}

/** Claims without a volume that somebody waits for. One that waits for its first consumer is as it should be. */
export function pendingClaims(facts: ClaimFacts): readonly PendingClaim[] {
  return facts.persistentvolumeclaims.all
    .filter((claim) => (claim.status.phase === 'Pending' || isLost(claim)) && claim.metadata.deletionTimestamp === undefined)
    .flatMap((claim): readonly PendingClaim[] => {
      const className =
        claim.spec.storageClassName ??
        claim.metadata.annotations['volume.beta.kubernetes.io/storage-class'] ??
        defaultClass(facts.storageclasses)?.metadata.name;
      const storageClass = facts.storageclasses?.named(undefined, className);
      const waiting = podsUsing(claim, facts.replicas).filter((replica) => replica.health === 'failing' || replica.health === 'starting');
      const waitsForConsumer = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && waiting.length === 0;
      return waitsForConsumer ? [] : [{ claim, waiting, storageClass, className }];
    });
}

/** The newest class that is marked as default, as the API server chooses among several. */
export function defaultClass(classes: Collection<StorageClass> | undefined): StorageClass | undefined {
  const marked = classes?.all.filter(
    ({ metadata }) =>
      metadata.annotations['storageclass.kubernetes.io/is-default-class'] === 'true' ||
      metadata.annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true',
  );
  return marked?.toSorted((left, right) => (right.metadata.creationTimestamp ?? 0) - (left.metadata.creationTimestamp ?? 0))[0];
}

export function podsUsing(claim: PersistentVolumeClaim, replicas: Replicas | undefined): readonly Replica[] {
  const { namespace, name } = claim.metadata;
  return (replicas?.all ?? []).filter(
    ({ pod, health }) => health !== 'finished' && pod.metadata.namespace === namespace && claimNames(pod).includes(name),
  );
}

/** Names of the claims that the pod mounts; a generic ephemeral volume has a claim named after the pod and the volume. */
export function claimNames(pod: Pod): readonly string[] {
  return pod.spec.volumes.flatMap(
    (volume) =>
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral === undefined ? [] : [`${pod.metadata.name}-${volume.name ?? ''}`]),
  );
}

export function claimSubject(claim: PersistentVolumeClaim): Subject {
  return subject('PersistentVolumeClaim', claim.metadata.namespace, claim.metadata.name);
}

/** What a pending claim touches: itself and the pods that wait for it. */
export function affectedBy({ claim, waiting }: PendingClaim): readonly Subject[] {
  return [claimSubject(claim), ...waiting.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))];
}

/** Why a volume cannot be bound to a claim. Empty: it could be. */
export function bindingObstacles(claim: PersistentVolumeClaim, volume: PersistentVolume): readonly string[] {
  const asked = parseQuantity(claim.spec.resources.requests.storage) ?? 0;
  const offered = parseQuantity(volume.spec.capacity.storage) ?? 0;
  const missing = claim.spec.accessModes.filter((mode) => !volume.spec.accessModes.includes(mode));
  const reference = volume.spec.claimRef;
  const isReservedForIt =
    reference !== undefined &&
    reference.namespace === claim.metadata.namespace &&
    reference.name === claim.metadata.name &&
    (reference.uid === undefined || reference.uid === claim.metadata.uid);
  return [
    ...((volume.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '')
      ? []
      : [`its class is "${volume.spec.storageClassName ?? ''}", not "${claim.spec.storageClassName ?? ''}"`]),
    ...(offered >= asked
      ? []
      : [`it holds ${volume.spec.capacity.storage ?? '0'}, less than ${claim.spec.resources.requests.storage ?? '?'}`]),
    ...(missing.length === 0 ? [] : [`it does not offer ${missing.join(', ')} (offers ${volume.spec.accessModes.join(', ')})`]),
    ...((volume.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem')
      ? []
      : [`its mode is ${volume.spec.volumeMode ?? 'Filesystem'}`]),
    ...(claim.spec.selector === undefined || matchesSelector(claim.spec.selector, volume.metadata.labels)
      ? []
      : ["its labels do not fit the claim's selector"]),
    ...(reference === undefined || isReservedForIt
      ? []
      : [
          volume.status.phase === 'Released'
            ? `it still belongs to the deleted claim ${reference.namespace ?? ''}/${reference.name ?? ''} (Released)`
            : `it is bound to ${reference.namespace ?? ''}/${reference.name ?? ''}`,
        ]),
    ...(claim.spec.volumeName === undefined || claim.spec.volumeName === '' || claim.spec.volumeName === volume.metadata.name
      ? []
      : [`the claim asks for volume ${claim.spec.volumeName}`]),
  ];
}
