import type { Pod } from './kubernetes/pod.ts';
import type { EndpointSlice, Endpoints, Service } from './kubernetes/network.ts';

/** Where traffic to one port of a Service goes. */
export interface BackendPort {
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly protocol: string;
  readonly targetPort: number | string | undefined;
  /**
   * declared: pods declare a container port for it. undeclared: a number that no container declares (allowed, but often a slip).
   * name-missing: a named port that no selected pod has. protocol-differs: declared under another protocol. no-pods: nothing to look at.
   */
  readonly resolution: 'declared' | 'undeclared' | 'name-missing' | 'protocol-differs' | 'no-pods';
}

export interface Backend {
  readonly service: Service;
  /** Pods that the selector matches. Undefined: the Service has no selector. */
  readonly pods: readonly Pod[] | undefined;
  readonly ports: readonly BackendPort[];
  /** Undefined: neither EndpointSlices nor Endpoints could be read. */
  readonly endpoints: { readonly ready: number; readonly notReady: number } | undefined;
  readonly slices: readonly (EndpointSlice | Endpoints)[];
}

export interface ServiceBackends {
  readonly all: readonly Backend[];
  readonly ofService: (namespace: string | undefined, name: string | undefined) => Backend | undefined;
  /** By ClusterIP, load balancer or external address, or by a DNS name as clients write it ("db", "db.shop", "db.shop.svc.cluster.local"). */
  readonly ofHost: (host: string | undefined, fromNamespace: string | undefined) => Backend | undefined;
  /** Services that select the pod. */
  readonly ofPod: (pod: Pod) => readonly Backend[];
}
