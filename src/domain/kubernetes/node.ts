import { flag, instant, list, maybe, number, quantityMap, type Shape, type Shaped, section, text, textList } from '../shape.ts';
import { changeMetadata, condition } from './metadata.ts';

export const taint = section({ key: text, value: text, effect: text, timeAdded: instant });
export type Taint = Shaped<typeof taint>;

export const node = section({
  kind: { read: () => 'Node' } as Shape<'Node'>,
  metadata: changeMetadata,
  spec: section({
    /** True: cordoned. */
    unschedulable: flag,
    taints: list(taint),
    podCIDR: text,
    podCIDRs: textList,
    providerID: text,
  }),
  status: section({
    capacity: quantityMap,
    /** What pods may request in all, by resource. */
    allocatable: quantityMap,
    conditions: list(condition),
    addresses: list(section({ type: text, address: text })),
    nodeInfo: section({
      kernelVersion: text,
      osImage: text,
      containerRuntimeVersion: text,
      kubeletVersion: text,
      kubeProxyVersion: text,
      architecture: text,
      operatingSystem: text,
      bootID: text,
    }),
    images: list(section({ sizeBytes: number })),
    volumesAttached: list(section({ name: text })),
  }),
});
export type Node = Shaped<typeof node>;

export const lease = section({
  kind: { read: () => 'Lease' } as Shape<'Lease'>,
  metadata: changeMetadata,
  spec: section({ holderIdentity: text, renewTime: instant, acquireTime: instant, leaseDurationSeconds: number, leaseTransitions: number }),
});
export type Lease = Shaped<typeof lease>;

export const namespace = section({
  kind: { read: () => 'Namespace' } as Shape<'Namespace'>,
  metadata: changeMetadata,
  status: section({ phase: text, conditions: list(condition) }),
});
export type Namespace = Shaped<typeof namespace>;

/** An API that another server provides, such as metrics.k8s.io. */
export const apiService = section({
  kind: { read: () => 'APIService' } as Shape<'APIService'>,
  metadata: changeMetadata,
  spec: section({ group: text, version: text, service: maybe({ name: text, namespace: text, port: number }) }),
  status: section({ conditions: list(condition) }),
});
export type ApiService = Shaped<typeof apiService>;
