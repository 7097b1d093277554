import { runInHost } from '../machine/in-host.ts';
import type { Manifest } from './own-namespace.ts';

interface NodeVolume {
  /** Name of the volume and of its claim. */
  readonly name: string;
  readonly node: string;
  readonly path: string;
}

/** Mounts a small file system of its own on a node, so that what a scenario does to it stays there. */
export async function mountOnNode({ node, path, megabytes }: NodeVolume & { readonly megabytes: number }): Promise<void> {
  await runInHost(node, ['mkdir', '--parents', path]);
  await runInHost(node, ['mount', '--types', 'tmpfs', '--options', `size=${megabytes}m`, 'tmpfs', path]);
}

/** Harmless where nothing is mounted. Pods that still use it keep it until they end. */
export async function unmountOnNode({ node, path }: NodeVolume): Promise<void> {
  await runInHost(node, ['sh', '-c', `while mountpoint --quiet ${path}; do umount --lazy ${path}; done`]);
}

/** A volume at that place and a claim that is bound to it. */
export function boundVolume({ name, node, path, namespace }: NodeVolume & { readonly namespace: string }): readonly Manifest[] {
  const size = { storage: '1Gi' };
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        ...spec,
        capacity: size,
        local: { path },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
        claimRef: { namespace, name },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: { ...spec, volumeName: name, resources: { requests: size } },
    },
  ];
}
