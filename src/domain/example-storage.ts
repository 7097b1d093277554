import { minutesAgo, type RawObject } from './example.ts';

/** A Pending claim of namespace shop for 10Gi, ReadWriteOnce, of class "fast". */
export function exampleClaim(of: { readonly name: string; readonly spec?: RawObject; readonly phase?: string }): RawObject {
  return {
    kind: 'PersistentVolumeClaim',
    metadata: { name: of.name, namespace: 'shop', uid: `uid-${of.name}`, creationTimestamp: minutesAgo(10) },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '10Gi' } }, ...of.spec },
    status: { phase: of.phase ?? 'Pending' },
  };
}

export function exampleStorageClass(of: { readonly name?: string; readonly isDefault?: boolean; readonly fields?: RawObject }): RawObject {
  const annotations = of.isDefault === true ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {};
  return {
    kind: 'StorageClass',
    metadata: { name: of.name ?? 'fast', annotations },
    provisioner: 'disk.csi.example',
    volumeBindingMode: 'Immediate',
    ...of.fields,
  };
}

/** An Available volume of 10Gi, ReadWriteOnce, of class "fast". */
export function exampleVolume(of: {
  readonly name: string;
  readonly spec?: RawObject;
  readonly phase?: string;
  readonly labels?: { readonly [key: string]: string };
}): RawObject {
  return {
    kind: 'PersistentVolume',
    metadata: { name: of.name, labels: of.labels ?? {} },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', capacity: { storage: '10Gi' }, ...of.spec },
    status: { phase: of.phase ?? 'Available' },
  };
}
