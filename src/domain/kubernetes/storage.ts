import {
  flag,
  freeText,
  instant,
  list,
  maybe,
  number,
  quantity,
  type Shape,
  type Shaped,
  section,
  text,
  textList,
  textMap,
} from '../shape.ts';
import { changeMetadata, condition, metadata } from './metadata.ts';
import { optionalLabelSelector } from './pod-template.ts';

export const persistentVolumeClaim = section({
  kind: { read: () => 'PersistentVolumeClaim' } as Shape<'PersistentVolumeClaim'>,
  metadata: changeMetadata,
  spec: section({
    accessModes: textList,
    /** Absent: the default class. Empty text: no class at all, only hand-made volumes. */
    storageClassName: text,
    volumeName: text,
    volumeMode: text,
    selector: optionalLabelSelector,
    resources: section({ requests: section({ storage: quantity }) }),
  }),
  status: section({ phase: text, capacity: section({ storage: quantity }), accessModes: textList, conditions: list(condition) }),
});
export type PersistentVolumeClaim = Shaped<typeof persistentVolumeClaim>;

const term = section({ matchExpressions: list(section({ key: text, operator: text, values: textList })) });
export const persistentVolume = section({
  kind: { read: () => 'PersistentVolume' } as Shape<'PersistentVolume'>,
  metadata: changeMetadata,
  spec: section({
    accessModes: textList,
    storageClassName: text,
    volumeMode: text,
    capacity: section({ storage: quantity }),
    claimRef: maybe({ namespace: text, name: text, uid: text }),
    nodeAffinity: maybe({ required: maybe({ nodeSelectorTerms: list(term) }) }),
    persistentVolumeReclaimPolicy: text,
    csi: maybe({ driver: text, volumeHandle: text }),
    local: maybe({ path: text }),
    hostPath: maybe({ path: text }),
    nfs: maybe({ server: text, path: text }),
  }),
  status: section({ phase: text, reason: text, message: freeText }),
});
export type PersistentVolume = Shaped<typeof persistentVolume>;

export const storageClass = section({
  kind: { read: () => 'StorageClass' } as Shape<'StorageClass'>,
  metadata: changeMetadata,
  provisioner: text,
  volumeBindingMode: text,
  allowVolumeExpansion: flag,
  reclaimPolicy: text,
});
export type StorageClass = Shaped<typeof storageClass>;

export const volumeAttachment = section({
  kind: { read: () => 'VolumeAttachment' } as Shape<'VolumeAttachment'>,
  metadata,
  spec: section({ attacher: text, nodeName: text, source: section({ persistentVolumeName: text }) }),
  status: section({
    attached: flag,
    attachError: maybe({ message: freeText, time: instant }),
    detachError: maybe({ message: freeText, time: instant }),
  }),
});
export type VolumeAttachment = Shaped<typeof volumeAttachment>;

export const csiNode = section({
  kind: { read: () => 'CSINode' } as Shape<'CSINode'>,
  metadata,
  spec: section({ drivers: list(section({ name: text, nodeID: text, allocatable: maybe({ count: number }) })) }),
});
export type CsiNode = Shaped<typeof csiNode>;

export const csiDriver = section({
  kind: { read: () => 'CSIDriver' } as Shape<'CSIDriver'>,
  metadata,
  spec: section({ attachRequired: flag }),
});
export type CsiDriver = Shaped<typeof csiDriver>;

/** False: the source could not tell which keys there are, so a key that is not listed may still exist. */
const hasKnownKeys: Shape<boolean> = { read: (raw) => raw !== false };

/** Values are never kept: a ConfigMap is its keys and who wrote them when. */
export const configMap = section({
  kind: { read: () => 'ConfigMap' } as Shape<'ConfigMap'>,
  metadata: changeMetadata,
  data: { read: (raw: unknown) => Object.keys(typeof raw === 'object' && raw !== null ? raw : {}) } as Shape<readonly string[]>,
  binaryData: { read: (raw: unknown) => Object.keys(typeof raw === 'object' && raw !== null ? raw : {}) } as Shape<readonly string[]>,
  hasKnownKeys,
});
export type ConfigMap = Shaped<typeof configMap>;

/** Metadata only. Key names come from metadata.managedFields, or from a bundle that lists them; values never exist here. */
export const secret = section({
  kind: { read: () => 'Secret' } as Shape<'Secret'>,
  metadata: changeMetadata,
  type: text,
  data: { read: (raw: unknown) => Object.keys(typeof raw === 'object' && raw !== null ? raw : {}) } as Shape<readonly string[]>,
  hasKnownKeys,
});
export type Secret = Shaped<typeof secret>;

export const serviceAccount = section({
  kind: { read: () => 'ServiceAccount' } as Shape<'ServiceAccount'>,
  metadata: changeMetadata,
  imagePullSecrets: list(section({ name: text })),
});
export type ServiceAccount = Shaped<typeof serviceAccount>;

export const resourceQuota = section({
  kind: { read: () => 'ResourceQuota' } as Shape<'ResourceQuota'>,
  metadata: changeMetadata,
  spec: section({ hard: textMap, scopes: textList }),
  status: section({ hard: textMap, used: textMap }),
});
export type ResourceQuota = Shaped<typeof resourceQuota>;

export const limitRange = section({
  kind: { read: () => 'LimitRange' } as Shape<'LimitRange'>,
  metadata: changeMetadata,
  spec: section({
    limits: list(
      section({ type: text, max: textMap, min: textMap, default: textMap, defaultRequest: textMap, maxLimitRequestRatio: textMap }),
    ),
  }),
});
export type LimitRange = Shaped<typeof limitRange>;
